import { BOUNDS_MS } from './latency-bounds.ts'

/** A quantile of counted durations, in milliseconds. The truth lies from `atLeast` to `atMost`. */
export interface Quantile {
  atLeast: number
  atMost: number
  /** As if the durations in the bucket were spread evenly. */
  estimate: number
}

/** The quantile `q` (0.99 for p99) of a histogram by BOUNDS_MS; null when nothing was counted. */
export function quantileOf(durations: readonly number[], q: number): Quantile | null {
  const total = durations.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const wanted = q * total
  let before = 0
  for (const [bucket, count] of durations.entries()) {
    if (count > 0 && before + count >= wanted) {
      const atLeast = bucket === 0 ? 0 : BOUNDS_MS[bucket - 1] ?? 0
      const atMost = BOUNDS_MS[bucket] ?? Infinity
      return { atLeast, atMost, estimate: atMost === Infinity ? atLeast : atLeast + (atMost - atLeast) * ((wanted - before) / count) }
    }
    before += count
  }
  return null
}
