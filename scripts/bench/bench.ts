import type { BudgetLine } from './budget.ts'

/** What every case gets. */
export interface Bench {
  /** For the files of a run; removed at the end. */
  folder: string
  /** How often each measurement is repeated. */
  runs: number
  /** Of load in each run. */
  seconds: number
  /** A short try: less of everything. */
  isQuick: boolean
  /** Aborted when the program is told to end. */
  signal: AbortSignal
  say(line: string): void
}

/** What a case measured, as the document shows it. */
export interface CaseReport {
  title: string
  /** What was done, in Markdown. */
  text: string
  head: readonly string[]
  rows: readonly (readonly string[])[]
  budgets: readonly BudgetLine[]
}

export interface BenchCase {
  /** As `--only` takes it. */
  name: string
  summary: string
  measure(bench: Bench): Promise<CaseReport>
}

/** The proxies run on one CPU, everything else on the other. */
export const PROXY_CPU = 0
export const LOAD_CPU = 1
export const EVERY_CPU = `${PROXY_CPU},${LOAD_CPU}`
