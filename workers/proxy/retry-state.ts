import { FAILURES, type ProxyFailure } from './failure.ts'
import type { RuntimeDestination, RuntimeTarget } from './runtime.ts'

/** Methods that may be repeated (RFC 9110 section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** Which targets a request has tried, and whether it may try again. One per exchange, used again for every request. */
export class RetryState {
  readonly tried: RuntimeTarget[] = []
  #left = 0
  #hasMetStale = false
  /** The request may be sent again after it was written. */
  isRepeatable = false

  begin(destination: RuntimeDestination, method: string): void {
    this.tried.length = 0
    this.#left = destination.retry.attempts
    this.#hasMetStale = false
    this.isRepeatable = IDEMPOTENT.has(method) || destination.retry.nonIdempotent
  }

  /** Takes the permission for one more attempt. `canReplay`: everything that was sent of the body can be sent again. */
  take(failure: ProxyFailure, destination: RuntimeDestination, canReplay: boolean, now: number): boolean {
    if (failure.retry === 'never') return false
    if (failure.retry !== 'another-target' && !(this.isRepeatable && canReplay)) return false
    // Neither of these two puts more load on a target that is not well.
    if (failure === FAILURES.targetBusy) return this.tried.length < destination.upstream.targets.length
    if (failure.retry === 'fresh-connection') {
      const isFirst = !this.#hasMetStale
      this.#hasMetStale = true
      return isFirst
    }
    const { retry, upstream } = destination
    if (this.#left === 0 || !upstream.row.takeRetry(now, retry.budgetPercent, retry.minPerSecond)) return false
    this.#left--
    return true
  }
}
