import { RecentAnswers } from '../../state/recent-answers.ts'
import type { ControlPlane } from '../control-plane.ts'

const MOST_OPEN = 4
/** Anybody may name a token: no more questions than these reach the control plane. */
const MOST_PER_SECOND = 10
const BELIEVED_MS = 2_000
const MOST_REMEMBERED = 256

/** Asks the control plane for answers to certificate authorities that did not get here. */
export class ChallengeLookup {
  readonly #controlPlane: Pick<ControlPlane, 'challenge'>
  readonly #clock: () => number
  readonly #answers: RecentAnswers<string | null>
  readonly #open = new Map<string, Promise<string | null>>()
  #left = MOST_PER_SECOND
  #filledAt: number

  constructor(controlPlane: Pick<ControlPlane, 'challenge'>, clock: () => number = () => performance.now()) {
    this.#controlPlane = controlPlane
    this.#clock = clock
    this.#filledAt = clock()
    this.#answers = new RecentAnswers({ believedMs: BELIEVED_MS, most: MOST_REMEMBERED, clock })
  }

  /** null: there is none, or it cannot be asked for now. Never rejects. */
  async find(token: string): Promise<string | null> {
    const known = this.#answers.get(token)
    if (known !== undefined) return known
    const open = this.#open.get(token)
    if (open !== undefined) return open
    if (this.#open.size >= MOST_OPEN || !this.#take()) return null
    const asked = this.#ask(token)
    this.#open.set(token, asked)
    return asked
  }

  async #ask(token: string): Promise<string | null> {
    const answer = await this.#controlPlane.challenge(token).catch(() => null)
    this.#open.delete(token)
    this.#answers.set(token, answer)
    return answer
  }

  #take(): boolean {
    const now = this.#clock()
    this.#left = Math.min(MOST_PER_SECOND, this.#left + ((now - this.#filledAt) / 1000) * MOST_PER_SECOND)
    this.#filledAt = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
