import { FAILURES, type ProxyFailure } from './failure.ts'
import type { RuntimeDestination, RuntimeTarget } from './runtime.ts'

/** Methods that may be repeated (RFC 9110 section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** Streams that an origin refuses, one after the other. */
const MOST_REFUSALS = 2

/** Which targets a request has tried, and whether it may try again. One per exchange, used again for every request. */
export class RetryState {
  readonly tried: RuntimeTarget[] = []
  #left = 0
  #hasMetStale = false
  #refusals = 0
  /** The request may be sent again after it was written. */
  isRepeatable = false
  /** Field line for the response that binds the client from now on to the target tried last; '' when it is bound already, or needs none. */
  bindingField = ''

  begin(destination: RuntimeDestination, { method, isWebSocketUpgrade }: { method: string; isWebSocketUpgrade: boolean }): void {
    // Not `length = 0`: that gives the memory back, which the next request asks for again.
    while (this.tried.length > 0) this.tried.pop()
    this.#left = destination.retry.attempts
    this.#hasMetStale = false
    this.#refusals = 0
    this.bindingField = ''
    this.isRepeatable = !isWebSocketUpgrade && (IDEMPOTENT.has(method) || destination.retry.nonIdempotent)
  }

  tries(target: RuntimeTarget, bindingField: string): void {
    this.tried.push(target)
    this.bindingField = bindingField
  }

  /** Takes the permission for one more attempt. `canReplay`: everything that was sent of the body can be sent again. */
  take(failure: ProxyFailure, destination: RuntimeDestination, canReplay: boolean, now: number): boolean {
    if (failure.retry === 'never') return false
    // Nothing was done with the request, whatever its method is.
    if (failure === FAILURES.streamRefused) return canReplay && this.#refusals++ < MOST_REFUSALS
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
