import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { fetchKeySet } from './fetch-key-set.ts'

const REFRESH_MS = 600_000
/** After an unknown key, and after a failure. */
const SOONEST_AGAIN_MS = 30_000
const RETRY_MS = 2_000

export interface KeySetLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/**
 * The public keys behind a URL. Fetched in the background, one fetch at a time; the last good answer is kept when a later
 * fetch fails. `fetchKeys` and `clock` are given by tests.
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

  constructor(url: string, log: KeySetLog, fetchKeys = fetchKeySet, clock: () => number = Date.now) {
    this.url = url
    this.#log = log
    this.#fetchKeys = fetchKeys
    this.#clock = clock
  }

  /** Fetches when the keys are old; nobody waits for it. */
  refresh(): void {
    if (this.#clock() >= this.#dueAt()) void this.#fetch()
  }

  /** The key that a token names. Fetches again, and waits for that, when there is none. Throws what jose throws. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#find === null && (this.#pending !== null || this.#clock() >= this.#dueAt())) await this.#fetch()
    if (this.#find === null) throw new errors.JWKSInvalid('the key set could not be fetched')
    try {
      return await this.#find(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || this.#clock() < this.#fetchedAt + SOONEST_AGAIN_MS) throw error
      await this.#fetch()
      return this.#find(header, token)
    }
  }

  #dueAt(): number {
    if (this.#fetchedAt === -Infinity) return -Infinity
    if (this.#failures === 0) return this.#fetchedAt + REFRESH_MS
    return this.#fetchedAt + Math.min(RETRY_MS * 2 ** (this.#failures - 1), SOONEST_AGAIN_MS)
  }

  #fetch(): Promise<void> {
    this.#pending ??= this.#fetchNow().finally(() => {
      this.#pending = null
    })
    return this.#pending
  }

  async #fetchNow(): Promise<void> {
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
