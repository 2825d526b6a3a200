import { BOUNDS_MS } from '../../shared/traffic/latency-bounds.ts'

/** The bucket that a duration falls into. Most requests are short, so the search begins there. */
export function bucketOf(ms: number): number {
  let bucket = 0
  while (bucket < BOUNDS_MS.length && ms > BOUNDS_MS[bucket]!) bucket++
  return bucket
}
