const FIRST_MS = 500
const LONGEST_MS = 30_000

/**
 * How long to wait before the next try, in milliseconds, after `failures` in a row: anything up to a bound that doubles, so that
 * browsers which lost the same control-web do not come back all at once. `random` is in [0, 1).
 */
export function reconnectDelay(failures: number, random: number): number {
  const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1))
  return Math.round(bound / 2 + (random * bound) / 2)
}
