import type { HealthNews } from '../../shared/schema/target-health.ts'
import { targetKey } from '../state/node-slots.ts'

/** More targets are not remembered; they stay unknown. */
const MOST = 16_384

/** The newest that was heard about each target, as long as it is believed. Kept by the primary, for worker processes to come. */
export class HealthBook {
  readonly #known = new Map<string, HealthNews>()
  readonly #clock: () => number

  constructor(clock: () => number = Date.now) {
    this.#clock = clock
  }

  /** Those of the news that are new. What is older than what is known counts for nothing. */
  hear(news: readonly HealthNews[]): HealthNews[] {
    const now = this.#clock()
    return news.filter((one) => {
      // What comes from the future would be believed for too long.
      if (one.at > now + one.validMs || one.at + one.validMs <= now) return false
      const key = targetKey(one.upstreamId, one.targetId)
      const known = this.#known.get(key)
      if (known !== undefined ? known.at >= one.at : this.#known.size >= MOST) return false
      this.#known.set(key, one)
      return true
    })
  }

  /** Everything that is believed still. */
  list(): HealthNews[] {
    const now = this.#clock()
    for (const [key, { at, validMs }] of this.#known) if (at + validMs <= now) this.#known.delete(key)
    return [...this.#known.values()]
  }
}
