import { decodeJwt } from 'jose'
import { TokenCache } from './token-cache.ts'
import { invalidToken, type TokenIdentity } from '../../shared/identity/token-identity.ts'
import type { TokenPlace } from '../../shared/identity/token-place.ts'
import { type Verifier, verifyToken } from './verify-token.ts'

/** Where keys come from; another version means other keys. */
export interface KeySource {
  readonly version: number
  /** Fetches in the background when that is due. */
  refresh?(): void
}

const MOST_TOKEN_CHARACTERS = 16_384
/** Tokens that are verified at one time; more are refused with `busy`. */
const MOST_PENDING = 1_000
const REFUSED_MS = 10_000

/** Tokens of one place in requests, from the providers that are trusted there. */
export class TokenSource {
  /** '' where the request has none. */
  readonly tokenIn: TokenPlace
  readonly #verifiers: ReadonlyMap<string, Verifier>
  readonly #keySources: readonly KeySource[]
  readonly #cache = new TokenCache()
  readonly #pending = new Map<string, Promise<TokenIdentity>>()
  readonly #clock: () => number
  #keyVersion = 0

  /** `verifiers` by issuer. */
  constructor(place: TokenPlace, verifiers: ReadonlyMap<string, Verifier>, keySources: readonly KeySource[], clock: () => number = Date.now) {
    this.tokenIn = place
    this.#verifiers = verifiers
    this.#keySources = keySources
    this.#clock = clock
  }

  /** Renews the keys in the background; tokens verified with keys that have changed are verified again. */
  refresh(): void {
    let version = 0
    for (const source of this.#keySources) {
      source.refresh?.()
      version += source.version
    }
    if (version === this.#keyVersion) return
    this.#keyVersion = version
    this.#cache.clear()
  }

  /** What is known already; null when verify() has to find out. Costs no promise, for the hot path. */
  peek(token: string): TokenIdentity | null {
    return this.#cache.get(token, this.#clock())
  }

  /** Never rejects: what cannot be verified is invalid. */
  verify(token: string): Promise<TokenIdentity> {
    const pending = this.#pending.get(token)
    if (pending !== undefined) return pending
    if (this.#pending.size >= MOST_PENDING) return Promise.resolve(invalidToken('busy', 0))
    const verified = this.#verify(token).finally(() => this.#pending.delete(token))
    this.#pending.set(token, verified)
    return verified
  }

  async #verify(token: string): Promise<TokenIdentity> {
    const now = this.#clock()
    const keyVersion = this.#keyVersion
    const verifier = this.#verifierOf(token)
    const identity = typeof verifier === 'string' ? invalidToken(verifier, now + REFUSED_MS) : await verifyToken(verifier, token, now)
    const isCurrent = keyVersion === this.#keyVersion
    if (isCurrent && token.length <= MOST_TOKEN_CHARACTERS) this.#cache.set(token, identity)
    return identity
  }

  /** By the exact issuer, which is believed only after the signature is verified. A text tells why there is none. */
  #verifierOf(token: string): Verifier | string {
    if (token.length > MOST_TOKEN_CHARACTERS) return 'too_large'
    try {
      return this.#verifiers.get(decodeJwt(token).iss ?? '') ?? 'unknown_issuer'
    } catch {
      return 'malformed'
    }
  }
}
