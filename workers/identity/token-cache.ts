import type { TokenIdentity } from '../../shared/identity/token-identity.ts'

const MOST_TOKENS = 10_000
const MOST_CHARACTERS = 16_777_216

/** What is known of tokens that came before, so that each is verified once. Bounded; the one that came first goes first. */
export class TokenCache {
  readonly #known = new Map<string, TokenIdentity>()
  #characters = 0

  /** Null when it has to be verified. */
  get(token: string, now: number): TokenIdentity | null {
    const known = this.#known.get(token)
    return known === undefined || known.until <= now ? null : known
  }

  set(token: string, identity: TokenIdentity): void {
    this.#remove(token)
    // A copy: the token is a slice of a whole head, which it would keep in memory.
    this.#known.set(Buffer.from(token, 'latin1').toString('latin1'), identity)
    this.#characters += token.length
    for (const first of this.#known.keys()) {
      if (this.#known.size <= MOST_TOKENS && this.#characters <= MOST_CHARACTERS) return
      this.#remove(first)
    }
  }

  clear(): void {
    this.#known.clear()
    this.#characters = 0
  }

  #remove(token: string): void {
    if (this.#known.delete(token)) this.#characters -= token.length
  }
}
