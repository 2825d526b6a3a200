import type { Wire } from '../http1/wire.ts'
import { REFUSALS, type Refusal } from '../../shared/http1/refusal.ts'
import type { Client } from './client.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import type { Exchange } from './exchange.ts'
import { RateWatch } from './rate-watch.ts'

/** Where the bytes of a body are read into. */
type BodySource = Pick<Wire, 'readIntoOwnBuffer' | 'replaceOwnBuffer' | 'readIntoSharedBuffer'>

/** Bytes of a body that may wait for the origin before the client is no longer read. */
const MOST_WAITING = 262_144

/** Reads the rest of a request body that did not come with its head, for one connection. */
export class BodyIntake {
  readonly #client: Client
  readonly #wire: BodySource
  readonly #rate = new RateWatch()
  #requestBy = Infinity

  constructor(client: Client, wire: BodySource) {
    this.#client = client
    this.#wire = wire
  }

  /** `since` is when the request began. */
  begin(exchange: Exchange, limits: ConnectionLimits, since: number): void {
    this.#wire.readIntoOwnBuffer()
    this.#rate.begin(since, limits.minBodyBytesPerSecond)
    this.#requestBy = limits.requestTimeoutMs > 0 ? since + limits.requestTimeoutMs : Infinity
    if (!exchange.takesBody) this.#client.pause()
    this.#client.arm(this.dueAt)
  }

  /** Takes buffer[0, length); returns how much of it belongs to the body. */
  take(exchange: Exchange, buffer: Buffer, length: number): number {
    const { body } = exchange
    const output = body.take(buffer, length)
    if (body.refusal !== null) {
      exchange.onBodyRefused(body.refusal)
      return length
    }
    if (output !== null) {
      const waiting = exchange.onBody(output)
      if (waiting > 0 && output.buffer === buffer.buffer) this.#wire.replaceOwnBuffer()
      if (waiting > MOST_WAITING) this.#client.pause()
    }
    if (!body.isComplete) return length
    this.#wire.readIntoSharedBuffer(!(exchange.origin?.waiting))
    return body.consumed
  }

  onPause(): void {
    this.#rate.wasHeldUp = true
  }

  /** Why the rest is no longer waited for; null while it is. */
  timedOut(exchange: Exchange, now: number, isPaused: boolean): Refusal | null {
    const isTooSlow = this.#rate.isTooSlow(now, exchange.body.bytes)
    if (isPaused) this.#rate.wasHeldUp = true
    return isTooSlow || now >= this.#requestBy ? REFUSALS.bodyTimeout : null
  }

  /** When to look at timedOut() again. */
  get dueAt(): number {
    return Math.min(this.#requestBy, this.#rate.dueAt)
  }
}
