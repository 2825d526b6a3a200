import type { AffinityTarget } from './affinity.ts'

/** Of each kind of key. Most requests of a second come from few clients. */
const MOST = 4096

/** Which target recently won for which key, as long as the same targets are available: to look it up costs a quarter of drawing again. */
export class RecentWinners {
  /** Tells keys of this kind from others with the same text when they are hashed. */
  readonly prefix: string
  readonly #byValue = new Map<string, AffinityTarget>()
  #targets: readonly AffinityTarget[] = []

  constructor(prefix: string) {
    this.prefix = prefix
  }

  find<T extends AffinityTarget>(value: string, targets: readonly T[]): T | undefined {
    if (targets === this.#targets) return this.#byValue.get(value) as T | undefined
    this.#targets = targets
    this.#byValue.clear()
    return undefined
  }

  /** The winner among the targets that find() was just asked about; returns it. */
  add<T extends AffinityTarget>(value: string, winner: T | null): T | null {
    if (this.#byValue.size >= MOST) this.#byValue.clear()
    if (winner !== null) this.#byValue.set(value, winner)
    return winner
  }
}
