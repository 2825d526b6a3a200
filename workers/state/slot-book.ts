/** A slot is not given to another owner before requests of its old one have most likely ended. */
const QUARANTINE_MS = 10 * 60_000

/** Gives every key a number of its own, below `size`, that stays as long as the key does. Kept by the worker process. */
export class SlotBook {
  #slots = new Map<string, number>()
  #next = 0
  readonly #freed: { slot: number; at: number }[] = []
  readonly #size: number
  readonly #now: () => number

  constructor(size: number, now: () => number = () => performance.now()) {
    this.#size = size
    this.#now = now
  }

  get(key: string): number | undefined {
    return this.#slots.get(key)
  }

  /** The slot of the key; a new one when it has none, null when all are taken. `cleared` is called with a slot that had another owner. */
  take(key: string, cleared: (slot: number) => void): number | null {
    const known = this.#slots.get(key)
    if (known !== undefined) return known
    const slot = this.#free(cleared)
    if (slot !== null) this.#slots.set(key, slot)
    return slot
  }

  /** Frees the slots of all other keys. */
  keepOnly(keys: ReadonlySet<string>): void {
    const at = this.#now()
    for (const [key, slot] of this.#slots) {
      if (keys.has(key)) continue
      this.#slots.delete(key)
      this.#freed.push({ slot, at })
    }
  }

  #free(cleared: (slot: number) => void): number | null {
    if (this.#next < this.#size) return this.#next++
    const oldest = this.#freed[0]
    if (oldest === undefined || this.#now() - oldest.at < QUARANTINE_MS) return null
    this.#freed.shift()
    cleared(oldest.slot)
    return oldest.slot
  }
}
