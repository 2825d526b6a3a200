const KNOWN_MS = 300_000
/** A wrong one is looked at again sooner: the user may be new. */
const REFUSED_MS = 10_000
const MOST_KNOWN = 10_000

/** What is known of passwords by their keyed hashes, and those that are looked at. All of it is bounded. */
export class VerifiedPasswords {
  readonly #known = new Map<string, { fits: boolean; until: number }>()
  readonly #pending = new Map<string, Promise<boolean>>()
  readonly #waiting: (() => void)[] = []
  readonly #mostAtOnce: number
  readonly #mostWaiting: number
  readonly #clock: () => number
  #running = 0

  constructor(mostAtOnce: number, mostWaiting: number, clock: () => number = () => performance.now()) {
    this.#mostAtOnce = mostAtOnce
    this.#mostWaiting = mostWaiting
    this.#clock = clock
  }

  /** Null: not known. */
  get(digest: string): boolean | null {
    const known = this.#known.get(digest)
    return known === undefined || known.until <= this.#clock() ? null : known.fits
  }

  /** Null when too many wait already. The same one is looked at once, however many ask. */
  verify(digest: string, look: () => Promise<boolean>): Promise<boolean> | null {
    const pending = this.#pending.get(digest)
    if (pending !== undefined) return pending
    if (this.#waiting.length >= this.#mostWaiting) return null
    const verified = this.#inTurn(look).then((fits) => this.#keep(digest, fits)).finally(() => this.#pending.delete(digest))
    this.#pending.set(digest, verified)
    return verified
  }

  async #inTurn(look: () => Promise<boolean>): Promise<boolean> {
    if (this.#running >= this.#mostAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#running++
    try {
      return await look()
    } finally {
      this.#running--
      this.#waiting.shift()?.()
    }
  }

  #keep(digest: string, fits: boolean): boolean {
    this.#known.delete(digest)
    this.#known.set(digest, { fits, until: this.#clock() + (fits ? KNOWN_MS : REFUSED_MS) })
    const [oldest] = this.#known.keys()
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest)
    return fits
  }
}
