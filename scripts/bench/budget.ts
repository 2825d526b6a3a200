/** A promise about a measured figure. */
export interface BudgetLine {
  what: string
  /** Such as "at most 1.35 x nginx". */
  limit: string
  measured: string
  verdict: string
}

export interface Budget {
  what: string
  limit: number
  /** Whether more is better; else less is. */
  isLeast?: boolean
  /** Of limit and figure, such as " x nginx". */
  unit: string
  digits?: number
}

/** Holds a figure to a budget. */
export function judge({ what, limit, isLeast = false, unit, digits = 2 }: Budget, measured: number): BudgetLine {
  const isMet = isLeast ? measured >= limit : measured <= limit
  const off = Math.abs(measured / limit - 1) * 100
  return {
    what,
    limit: `at ${isLeast ? 'least' : 'most'} ${limit}${unit}`,
    measured: `${measured.toFixed(digits)}${unit}`,
    verdict: isMet ? 'met' : `missed by ${off.toFixed(off < 10 ? 1 : 0)} %`
  }
}

/** As a line of a case's table shows it. */
export function budgetCell(budget: BudgetLine | undefined): string {
  return budget === undefined ? '' : `${budget.limit}: ${budget.verdict}`
}
