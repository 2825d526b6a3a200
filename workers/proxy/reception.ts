import { REFUSALS } from '../../shared/http1/refusal.ts'
import type { TokenIdentity } from '../../shared/identity/token-identity.ts'
import type { Answered } from '../policies/admission.ts'
import { AdmissionWalk, type AdmissionWaiter } from '../policies/admission-walk.ts'
import { AdmittedRequest } from '../policies/admitted-request.ts'
import type { Refused } from '../policies/outcome.ts'
import type { Client } from './client.ts'
import { clientFailure, FAILURES, type ProxyFailure } from './failure.ts'
import { findRoute, isBodyTooLarge, type RoutedRequest } from './find-route.ts'
import type { OwnAnswer } from './own-answer.ts'
import type { Runtime, RuntimeRoute } from './runtime.ts'
import { TokenWait, type TokenWaiter } from './token-wait.ts'

/** The exchange whose request is received. */
export interface ReceivedRequest extends RoutedRequest {
  readonly client: Client
  /** The route takes the request, and its policies let it through. */
  onReceived(route: RuntimeRoute): void
  /** `fields`: lines of the answer. */
  onTurnedAway(failure: ProxyFailure, fields: string): void
  onAnswered(answer: OwnAnswer): void
  /** Our own code threw. */
  onDefect(error: unknown): void
}

/** What comes before an origin is looked for: who sends a request, which route takes it, and whether its policies let it in. Used again for every request. */
export class Reception implements TokenWaiter, AdmissionWaiter {
  readonly #request: ReceivedRequest
  readonly #tokens = new TokenWait(this)
  readonly admitted: AdmittedRequest
  readonly #admission: AdmissionWalk
  /** Counts what was waited for, as TokenWait does. */
  #turn = 0
  /** Null until it is found. */
  route: RuntimeRoute | null = null

  constructor(request: ReceivedRequest) {
    this.#request = request
    this.admitted = new AdmittedRequest(request)
    this.#admission = new AdmissionWalk(this, this.admitted)
  }

  /** At once, or after a while in which the request's body waits. */
  begin(current: Runtime): void {
    const identity = this.#tokens.identityOf(current.identity.sources, this.#request.head.fields)
    if (identity !== null) this.#receive(current, identity, true)
  }

  /** The token was verified. */
  onIdentity(identity: TokenIdentity): void {
    try {
      this.#receive(this.#request.client.thread.current!, identity, true)
    } catch (error) {
      this.onDefect(error)
    }
  }

  /** `current` was read once and is not looked at again for this request. */
  #receive(current: Runtime, identity: TokenIdentity, mayAsk: boolean): void {
    const request = this.#request
    if (identity.reason === 'busy') return request.onTurnedAway(FAILURES.overloaded, '')
    const route = findRoute(current, request.client.key, identity, request, mayAsk)
    if (route instanceof Promise) return this.#receiveAfter(route, current, identity)
    if ('status' in route) return request.onTurnedAway(route, '')
    this.route = route
    request.context.matched(route.template, request.match.path)
    if (route.admission === null || route.answer?.code === 'maintenance') return this.onAdmitted()
    this.#admission.begin(route.admission, request.client.thread.state)
  }

  #receiveAfter(asked: Promise<void>, current: Runtime, identity: TokenIdentity): void {
    const turn = ++this.#turn
    void asked.then(() => {
      if (turn !== this.#turn) return
      try {
        this.#receive(current, identity, false)
      } catch (error) {
        this.onDefect(error)
      }
    })
  }

  onAdmitted(): void {
    const request = this.#request
    if (isBodyTooLarge(request)) return request.onTurnedAway(clientFailure(REFUSALS.bodyTooLarge), '')
    request.onReceived(this.route!)
  }

  onNotAdmitted(outcome: Refused | Answered): void {
    if (outcome.kind === 'refused' && outcome.answer === null) return this.#request.onTurnedAway(outcome.failure, outcome.fields)
    const answer = outcome.answer!
    this.#request.onAnswered({ ...answer, code: outcome.kind === 'refused' ? outcome.failure.code : '', fieldsFor: () => answer.fields })
  }

  onDefect(error: unknown): void {
    this.#request.onDefect(error)
  }

  /** The request is gone. */
  forget(): void {
    this.route = null
    this.#turn++
    this.#tokens.forget()
    this.#admission.forget()
  }
}
