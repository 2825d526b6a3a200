/** The smallest of the sorted values that at least `share` (0 to 1) of them do not exceed; NaN without values. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN
}
