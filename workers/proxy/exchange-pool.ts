import { Exchange } from './exchange.ts'

/** Exchanges kept for the next requests of a thread. */
const MOST_FREE = 512

/** The exchanges of a thread that serve nobody at the moment: there are as many as requests at the same time, not as connections. */
export class ExchangePool {
  readonly #free: Exchange[] = []

  take(): Exchange {
    const exchange = this.#free.pop() ?? new Exchange()
    const { head, body } = exchange
    // A refusal must not be shaped by the request before.
    head.method = ''
    head.accept = ''
    head.keepAlive = true
    body.isComplete = true
    body.bytes = 0
    return exchange
  }

  give(exchange: Exchange): void {
    if (this.#free.length < MOST_FREE) this.#free.push(exchange)
  }
}
