/** Upper bounds of the buckets of a duration, in milliseconds; one more bucket holds everything longer. */
export const BOUNDS_MS: readonly number[] = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000]
export const BUCKETS = BOUNDS_MS.length + 1

/** The bucket that a duration falls into. Most requests are short, so the search begins there. */
export function bucketOf(ms: number): number {
  let bucket = 0
  while (bucket < BOUNDS_MS.length && ms > BOUNDS_MS[bucket]!) bucket++
  return bucket
}
