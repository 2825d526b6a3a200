/** The item whose figure is in the middle (the upper one of two). Throws when there is none. */
export function medianBy<T>(items: readonly T[], figure: (item: T) => number): T {
  const sorted = items.toSorted((a, b) => figure(a) - figure(b))
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('no run to take the median of')
  return middle
}
