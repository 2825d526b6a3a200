import { limitKeyOf } from '../../../shared/policies/limit-key.ts'
import type { RateLimiter } from '../../../shared/schema/rate-limiter.ts'
import { FAILURES } from '../../proxy/failure.ts'
import type { AdmittedRequest } from '../admitted-request.ts'
import { GRANTED, type Outcome, refused } from '../outcome.ts'
import type { FleetLeases, Leased } from './fleet-leases.ts'
import type { LimitTable } from './limit-table.ts'
import { limitTermsOf, type Taken } from './limit-terms.ts'

/** Where a thread counts. */
export interface LimitState {
  readonly limits: LimitTable
  readonly leases: FleetLeases
  readonly now: number
}

export interface RuntimeLimiter {
  /** It is asked after it was found out who asks. */
  readonly needsIdentity: boolean
  /** Counts a request of the route. */
  count(routeId: string, request: AdmittedRequest): Outcome | Promise<Outcome>
}

/** Buckets are found by the policy's id, so that they outlive configurations. */
export function buildLimiter({ id, name }: { id: string; name: string }, limiter: RateLimiter, state: LimitState): RuntimeLimiter {
  const { key, scope, onRedisDown } = limiter
  const terms = limitTermsOf(limiter)
  const place = `${id} ${limiter.algorithm}`
  const taken: Taken = { isAllowed: true, retryMs: 0 }
  const policyField = `RateLimit-Policy: ${structured(name)};q=${limiter.limit};w=${limiter.windowSeconds}\r\n`

  const tooMany = (retryMs: number): Outcome => {
    const seconds = Math.max(1, Math.ceil(retryMs / 1000))
    return refused(FAILURES.rateLimited, 'rate_limited', `Retry-After: ${seconds}\r\n${policyField}RateLimit: ${structured(name)};r=0;t=${seconds}\r\n`)
  }
  const countHere = (counted: string): Outcome => {
    state.limits.take(place, counted, terms, state.now, taken)
    return taken.isAllowed ? GRANTED : tooMany(taken.retryMs)
  }
  const outcomeOf = (leased: Leased, counted: string): Outcome => {
    if (leased.kind === 'taken') return GRANTED
    if (leased.kind === 'none') return tooMany(leased.retryMs)
    // A limit that many requests at once could switch off would be none.
    if (leased.kind === 'overloaded') return refused(FAILURES.rateLimiterOverloaded, 'limiter_overloaded')
    if (onRedisDown === 'local') return countHere(counted)
    return onRedisDown === 'allow' ? GRANTED : refused(FAILURES.rateLimiterUnavailable, 'redis_down')
  }
  return {
    needsIdentity: key === 'user' || key === 'tenant',
    count(routeId, request) {
      const counted = limitKeyOf(key, routeId, request)
      if (scope === 'node') return countHere(counted)
      const leased = state.leases.take(place, counted, terms)
      return leased instanceof Promise ? leased.then((one) => outcomeOf(one, counted)) : outcomeOf(leased, counted)
    }
  }
}

/** A string of a structured field (RFC 9651 section 3.3.3), which knows ASCII only. */
function structured(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, '_').replace(/(["\\])/g, '\\$1')}"`
}
