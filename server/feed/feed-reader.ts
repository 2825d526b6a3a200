import type { WebSocket } from 'ws'
import type { GatewayEvent } from '../../shared/schema/event.ts'
import type { FeedGap, FeedHello, FeedMetrics } from '../../shared/schema/feed.ts'

/** A reader that has so much waiting is closed: it may come back and ask for what it missed. */
export const MOST_WAITING_BYTES = 1024 * 1024
/** A reader that has so much waiting gets no metrics until it has read. */
const METRICS_WAITING_BYTES = 64 * 1024
/** How long a reader has to answer our Close frame. */
const CLOSING_MS = 2_000

export const FEED_CLOSE = { goingAway: 1001, notAllowed: 1008, tooSlow: 1013 } as const

/** One reader of the live feed. */
export class FeedReader {
  readonly #socket: WebSocket
  readonly #tenants: readonly string[] | null
  readonly wantsMetrics: boolean
  #hasAnswered = true

  /** `tenants`: the only ones whose events it sees; null: all. */
  constructor(socket: WebSocket, tenants: readonly string[] | null, wantsMetrics: boolean) {
    this.#socket = socket
    this.#tenants = tenants
    // Metrics are of all tenants together.
    this.wantsMetrics = wantsMetrics && tenants === null
    socket.on('pong', () => {
      this.#hasAnswered = true
    })
    socket.on('error', () => {})
    socket.on('message', () => this.close(FEED_CLOSE.notAllowed, 'nothing is expected from readers'))
  }

  event(event: GatewayEvent): void {
    if (this.#tenants !== null && (event.tenantCode === undefined || !this.#tenants.includes(event.tenantCode))) return
    this.#send(event)
  }

  hello(hello: FeedHello | FeedGap): void {
    this.#send(hello)
  }

  /** `text` is JSON of FeedMetrics, made once for all readers. */
  metrics(text: string): void {
    if (this.wantsMetrics && this.#socket.bufferedAmount <= METRICS_WAITING_BYTES && this.#isOpen) this.#socket.send(text)
  }

  /** Asks whether somebody is there; one that did not answer the last time is cut. */
  ping(): void {
    if (!this.#hasAnswered) return this.#socket.terminate()
    this.#hasAnswered = false
    if (this.#isOpen) this.#socket.ping()
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return
    this.#socket.close(code, reason)
    setTimeout(() => this.#socket.terminate(), CLOSING_MS).unref()
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  #send(message: GatewayEvent | FeedHello | FeedGap | FeedMetrics): void {
    if (!this.#isOpen) return
    if (this.#socket.bufferedAmount > MOST_WAITING_BYTES) return this.close(FEED_CLOSE.tooSlow, 'too slow; come back with since')
    this.#socket.send(JSON.stringify(message))
  }
}
