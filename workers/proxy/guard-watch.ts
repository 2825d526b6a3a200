import type { RuntimeResponseGuard } from '../policies/admission.ts'
import type { RefusalCounts } from '../policies/refusal-counts.ts'
import { FAILURES, type ProxyFailure } from './failure.ts'

/** Holds one answer to the size and the times that its policy allows. Used again for every request. */
export class GuardWatch {
  #guard: RuntimeResponseGuard | null = null
  #headBy = Infinity
  #bodyBy = Infinity
  #isCounted = false

  /** `since`: when the request began. */
  begin(guard: RuntimeResponseGuard | null, since: number): void {
    this.#guard = guard
    this.#isCounted = false
    this.#headBy = guard === null || guard.headTimeoutMs === 0 ? Infinity : since + guard.headTimeoutMs
    this.#bodyBy = Infinity
  }

  headCame(now: number): void {
    this.#headBy = Infinity
    if (this.#guard !== null && this.#guard.bodyTimeoutMs > 0) this.#bodyBy = now + this.#guard.bodyTimeoutMs
  }

  /** When timedOut() is to be asked. */
  get dueAt(): number {
    return Math.min(this.#headBy, this.#bodyBy)
  }

  isTooLarge(bytes: number, refusals: RefusalCounts): boolean {
    const most = this.#guard === null ? 0 : this.#guard.maxBodyBytes
    return most > 0 && bytes > most && this.#refuses('too_large', refusals)
  }

  /** What took too long; null when nothing did. */
  timedOut(now: number, refusals: RefusalCounts): ProxyFailure | null {
    if (now < this.dueAt) return null
    const isHead = now >= this.#headBy
    this.#headBy = this.#bodyBy = Infinity
    if (!this.#refuses(isHead ? 'head_timeout' : 'body_timeout', refusals)) return null
    return isHead ? FAILURES.responseHeadTimeout : FAILURES.responseBodyTimeout
  }

  /** Counted once for an answer. A policy that only observes refuses nothing. */
  #refuses(reason: string, refusals: RefusalCounts): boolean {
    const { policy } = this.#guard!
    if (!this.#isCounted) refusals.count(policy, reason)
    this.#isCounted = true
    return policy.enforces
  }
}
