/** The last few of something. */
export class EventRing<T> {
  readonly #events: T[] = []
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  push(event: T): void {
    this.#events.push(event)
    if (this.#events.length > this.#most) this.#events.shift()
  }

  /** Newest first. */
  list(): T[] {
    return [...this.#events].reverse()
  }
}
