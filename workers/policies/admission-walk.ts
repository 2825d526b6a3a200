import type { ThreadState } from '../state/thread-state.ts'
import type { Admission, AdmissionStep, Answered } from './admission.ts'
import type { AdmittedRequest } from './admitted-request.ts'
import type { Outcome, Refused } from './outcome.ts'

/** What goes on when the policies of a route have looked at a request. */
export interface AdmissionWaiter {
  onAdmitted(): void
  onNotAdmitted(outcome: Refused | Answered): void
  onDefect(error: unknown): void
}

const NONE: readonly AdmissionStep[] = []

/** Takes a request through the policies of its route: at once where nothing has to be waited for. Used again for every request. */
export class AdmissionWalk {
  readonly #waiter: AdmissionWaiter
  readonly #request: AdmittedRequest
  #steps: readonly AdmissionStep[] = NONE
  /** Counts what was waited for, so that an outcome for a request that is gone is not taken for the next one's. */
  #turn = 0

  constructor(waiter: AdmissionWaiter, request: AdmittedRequest) {
    this.#waiter = waiter
    this.#request = request
  }

  begin({ steps, authorization }: Admission, state: ThreadState): void {
    if (authorization !== null && authorization.reauthorizeMs > 0 && this.#request.isWebSocket) this.#request.keep()
    this.#steps = steps
    this.#goOn(0, state)
  }

  /** The request is gone. */
  forget(): void {
    this.#turn++
    this.#steps = NONE
    this.#request.forget()
  }

  #goOn(from: number, state: ThreadState): void {
    for (let index = from; index < this.#steps.length; index++) {
      const step = this.#steps[index]!
      const outcome = step.run(this.#request)
      if (outcome instanceof Promise) return this.#wait(outcome, step, index, state)
      if (this.#isOver(outcome, step, state)) return
    }
    this.#waiter.onAdmitted()
  }

  #wait(pending: Promise<Outcome | Answered>, step: AdmissionStep, index: number, state: ThreadState): void {
    const turn = ++this.#turn
    void pending.then((outcome) => {
      if (turn !== this.#turn) return
      try {
        if (!this.#isOver(outcome, step, state)) this.#goOn(index + 1, state)
      } catch (error) {
        this.#waiter.onDefect(error)
      }
    }, (error: unknown) => {
      if (turn === this.#turn) this.#waiter.onDefect(error)
    })
  }

  #isOver(outcome: Outcome | Answered, { policy }: AdmissionStep, state: ThreadState): boolean {
    if (outcome.kind === 'granted') {
      if (!policy.enforces) return false
      if (outcome.user !== '') this.#request.nameUser(outcome.user)
      if (outcome.fields !== '') this.#request.fields += outcome.fields
      return false
    }
    if (outcome.kind === 'refused') {
      state.refusals.count(policy, outcome.reason)
      if (!policy.enforces) return false
    }
    this.#waiter.onNotAdmitted(outcome)
    return true
  }
}
