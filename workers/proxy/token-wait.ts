import { NO_TOKEN, type TokenIdentity } from '../../shared/identity/token-identity.ts'
import type { TokenSource } from '../identity/token-source.ts'

/** What goes on when a token is verified that was not known before. */
export interface TokenWaiter {
  onIdentity(identity: TokenIdentity): void
}

/** Finds out who sends a request: at once where its token is known or there is none, else after a while. */
export class TokenWait {
  readonly #waiter: TokenWaiter
  /** Counts what was waited for, so that an answer for a request that is gone is not taken for the next one's. */
  #turn = 0

  constructor(waiter: TokenWaiter) {
    this.#waiter = waiter
  }

  /** Null: onIdentity() follows, unless forget() comes before it. */
  identityOf(sources: readonly TokenSource[], fields: string): TokenIdentity | null {
    for (const source of sources) {
      const token = source.tokenIn(fields)
      if (token === '') continue
      const known = source.peek(token)
      if (known === null) this.#verify(source, token)
      return known
    }
    return NO_TOKEN
  }

  forget(): void {
    this.#turn++
  }

  #verify(source: TokenSource, token: string): void {
    const turn = ++this.#turn
    void source.verify(token).then((identity) => {
      if (turn === this.#turn) this.#waiter.onIdentity(identity)
    })
  }
}
