import type { AcmeChallenge } from '../../shared/schema/sealed.ts'
import { RecentAnswers } from './recent-answers.ts'

/** What a token of an authority looks like: base64url with at least 128 bits of chance (RFC 8555 section 8.3). */
const TOKEN = /^[A-Za-z0-9_-]{22,256}$/
/** An authority waits for longer; a stranger shall not. */
const ANSWER_MS = 250
const BELIEVED_MS = 2_000
const MOST_OPEN = 16
const MOST_REMEMBERED = 256

/** What certificate authorities are answered at the moment. A token that is not here is asked for, few at one time. */
export class Challenges {
  readonly #ask: (token: string) => void
  #given: ReadonlyMap<string, string> = new Map()
  readonly #asked: RecentAnswers<string | null>
  readonly #waiting = new Map<string, (() => void)[]>()

  /** `ask`: the answer comes through answered(). */
  constructor(ask: (token: string) => void, clock: () => number = () => performance.now()) {
    this.#ask = ask
    this.#asked = new RecentAnswers({ believedMs: BELIEVED_MS, most: MOST_REMEMBERED, clock })
  }

  replace(challenges: readonly AcmeChallenge[]): void {
    this.#given = new Map(challenges.map(({ token, keyAuthorization }) => [token, keyAuthorization]))
  }

  /** null: there is no answer as far as is known here. */
  find(token: string): string | null {
    return this.#given.get(token) ?? this.#asked.get(token) ?? null
  }

  /** Resolves when find() may know more, which is soon; null: nobody is asked. */
  ask(token: string): Promise<void> | null {
    if (this.#given.has(token) || !TOKEN.test(token) || this.#asked.get(token) !== undefined) return null
    const waiting = this.#waiting.get(token)
    if (waiting === undefined && this.#waiting.size >= MOST_OPEN) return null
    return new Promise((resolve) => {
      if (waiting !== undefined) return void waiting.push(resolve)
      this.#waiting.set(token, [resolve])
      setTimeout(() => this.answered(token, null), ANSWER_MS)
      this.#ask(token)
    })
  }

  /** Answer to what was asked; null: there is none. */
  answered(token: string, keyAuthorization: string | null): void {
    const waiting = this.#waiting.get(token)
    if (waiting === undefined) return
    this.#waiting.delete(token)
    this.#asked.set(token, keyAuthorization)
    for (const resolve of waiting) resolve()
  }
}
