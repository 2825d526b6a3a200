import type { GatewayEvent } from '../../shared/schema/event.ts'

const MOST = 1_000

/** The last events that this process heard, for readers that come back. */
export class EventHistory {
  readonly #events: GatewayEvent[] = []
  /** From when on nothing is missing, in milliseconds since 1970; Infinity: Redis is away. */
  #wholeSince = Infinity

  /** Events are heard from now on. */
  begin(now: number): void {
    this.#wholeSince = now
  }

  /** Events may be missed from now on. */
  interrupt(): void {
    this.#wholeSince = Infinity
  }

  add(event: GatewayEvent): void {
    this.#events.push(event)
    if (this.#events.length <= MOST) return
    const dropped = this.#events.shift()
    if (dropped !== undefined) this.#wholeSince = Math.max(this.#wholeSince, Date.parse(dropped.at) + 1)
  }

  /** Events from `since` on, also those of that very millisecond, and whether these are all. */
  since(since: number): { events: GatewayEvent[]; complete: boolean } {
    return { events: this.#events.filter(({ at }) => Date.parse(at) >= since), complete: since >= this.#wholeSince }
  }
}
