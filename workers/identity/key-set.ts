import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { fetchKeySet } from './fetch-key-set.ts'

const REFRESH_MS = 600_000
/** After a token named an unknown key, and after failures. */
const SOONEST_AGAIN_MS = 30_000
const RETRY_MS = 2_000

export interface KeySetLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/**
 * The public keys behind a URL. Fetched in the background, one fetch at a time, and no request waits for it; the last good
 * answer is kept when a later fetch fails. `fetchKeys` and `clock` are given by tests.
 */
export class KeySet {
  readonly url: string
  /** Counts the answers that differ from the one before. */
  version = 0
  readonly #log: KeySetLog
  readonly #fetchKeys: (url: string) => Promise<JSONWebKeySet>
  readonly #clock: () => number
  #find: JWTVerifyGetKey | null = null
  #text = ''
  #pending: Promise<void> | null = null
  #fetchedAt = -Infinity
  #failures = 0
  /** A token named a key that was not there: the issuer may have a new one. */
  #lacksKey = false

  constructor(url: string, log: KeySetLog, fetchKeys = fetchKeySet, clock: () => number = Date.now) {
    this.url = url
    this.#log = log
    this.#fetchKeys = fetchKeys
    this.#clock = clock
  }

  /** Fetches when that is due; nobody waits for it. */
  refresh(): void {
    if (this.#clock() >= this.#dueAt()) void this.#fetch()
  }

  /** Resolves when there are keys, or the fetch that is under way has failed. */
  async firstKeys(): Promise<void> {
    if (this.#find === null) await this.#pending
  }

  /** The key that a token names, of those that are there. Where it is none of them, they are fetched anew for the tokens that follow. Throws what jose throws. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    try {
      if (this.#find === null) throw new errors.JWKSInvalid('the key set could not be fetched')
      return await this.#find(header, token)
    } catch (error) {
      this.#lacksKey ||= error instanceof errors.JWKSNoMatchingKey
      this.refresh()
      throw error
    }
  }

  #dueAt(): number {
    if (this.#fetchedAt === -Infinity) return -Infinity
    if (this.#failures === 0) return this.#fetchedAt + (this.#lacksKey ? SOONEST_AGAIN_MS : REFRESH_MS)
    return this.#fetchedAt + Math.min(RETRY_MS * 2 ** (this.#failures - 1), SOONEST_AGAIN_MS)
  }

  #fetch(): Promise<void> {
    this.#pending ??= this.#fetchNow().finally(() => {
      this.#pending = null
    })
    return this.#pending
  }

  async #fetchNow(): Promise<void> {
    this.#lacksKey = false
    try {
      const keySet = await this.#fetchKeys(this.url)
      const text = JSON.stringify(keySet)
      if (text !== this.#text) this.#use(keySet, text)
      if (this.#failures > 0) this.#log.info({ url: this.url }, 'the key set can be fetched again')
      this.#failures = 0
    } catch (error) {
      this.#failures++
      if (this.#failures === 1) this.#log.warn({ url: this.url, err: error, hasKeys: this.#find !== null }, 'the key set could not be fetched; its last keys stay')
    }
    this.#fetchedAt = this.#clock()
  }

  #use(keySet: JSONWebKeySet, text: string): void {
    this.#find = createLocalJWKSet(keySet)
    this.#text = text
    this.version++
  }
}
