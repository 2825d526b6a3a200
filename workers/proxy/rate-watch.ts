const WINDOW_MS = 5_000

/** Tells when bytes come slower than they must: looked at in windows of 5 s. */
export class RateWatch {
  #leastPerSecond = 0
  #since = 0
  #bytes = 0
  /** For a part of the window we ourselves did not read: then nobody is to blame. */
  wasHeldUp = false

  /** `leastPerSecond` of 0: as slowly as they like. */
  begin(now: number, leastPerSecond: number): void {
    this.#leastPerSecond = leastPerSecond
    this.#since = now
    this.#bytes = 0
    this.wasHeldUp = false
  }

  /** The end of this window. */
  get dueAt(): number {
    return this.#leastPerSecond > 0 ? this.#since + WINDOW_MS : Infinity
  }

  /** `bytes` is how many came since begin(). */
  isTooSlow(now: number, bytes: number): boolean {
    if (now < this.dueAt) return false
    const least = (this.#leastPerSecond * (now - this.#since)) / 1000
    const isTooSlow = !this.wasHeldUp && bytes - this.#bytes < least
    this.#since = now
    this.#bytes = bytes
    this.wasHeldUp = false
    return isTooSlow
  }
}
