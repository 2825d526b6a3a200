import type { RateLimiter } from '../../../shared/schema/rate-limiter.ts'

/** A rate limiter's numbers, as the arithmetic wants them. */
export interface LimitTerms {
  readonly isBucket: boolean
  readonly limit: number
  readonly windowMs: number
  /** What a bucket holds. */
  readonly burst: number
}

export function limitTermsOf({ algorithm, limit, windowSeconds, burst }: RateLimiter): LimitTerms {
  return { isBucket: algorithm === 'tokenBucket', limit, windowMs: windowSeconds * 1000, burst: burst === 0 ? limit : burst }
}

/** What became of an attempt to take one. One object for each limiter, filled again for every request. */
export interface Taken {
  isAllowed: boolean
  /** Until one more may be taken, when none was. */
  retryMs: number
}
