import type { GatewayEvent } from '../../../shared/schema/event.ts'
import type { FeedMetrics } from '../../../shared/schema/feed.ts'
import { parseMessage } from './feed-message.ts'
import { reconnectDelay } from './reconnect-delay.ts'

/** 1008: the session has ended. It is tried again when somebody has signed in, or after the longest wait. */
const NOT_ALLOWED = 1008
const MANY_FAILURES = 20
/** A connection that lasted so long was a good one: the next try comes soon. */
const GOOD_AFTER_MS = 5_000

/** What a reader of the feed hears. */
export interface FeedListener {
  /** Whether messages come. */
  connected(yes: boolean): void
  event(event: GatewayEvent): void
  metrics(metrics: FeedMetrics): void
  /** Events may be missing: whatever is shown has to be read again. */
  missed(): void
}

export interface FeedOptions {
  /** ws: or wss: of GET /api/v1/events. */
  url: string
  listener: FeedListener
  open?: (url: string) => WebSocket
  random?: () => number
}

/**
 * Reads the live feed and comes back after every end of it, from where it was: it asks for the events since the last one, drops
 * those of that very millisecond that it had, and says when some may be missing. Without `start` nothing is opened.
 */
export class FeedClient {
  readonly #options: Required<FeedOptions>
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #running = false
  #failures = 0
  #openedAt = 0
  /** The moment that the next connection asks from; '' at first. */
  #since = ''
  /** What came with that very moment. */
  #seen = new Set<string>()

  constructor(options: FeedOptions) {
    this.#options = { open: (url) => new WebSocket(url), random: Math.random, ...options }
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#connect()
  }

  /** Nothing is read until `start`, which asks for what came in between. */
  stop(): void {
    this.#running = false
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
    if (socket !== undefined) this.#options.listener.connected(false)
  }

  /** Tries at once: the network is back, or somebody signed in. */
  retryNow(): void {
    if (!this.#running || this.#socket !== undefined) return
    clearTimeout(this.#timer)
    this.#failures = 0
    this.#connect()
  }

  /** Gives up a connection that is only said to be there, and makes another. */
  renew(): void {
    const socket = this.#socket
    if (socket === undefined) return
    this.#ended(0)
    socket.close()
  }

  #connect(): void {
    const { url, open } = this.#options
    const socket = open(this.#since === '' ? url : `${url}?since=${encodeURIComponent(this.#since)}`)
    this.#socket = socket
    socket.addEventListener('message', (message) => {
      if (this.#socket === socket) this.#hear(message.data)
    })
    socket.addEventListener('close', ({ code }) => {
      if (this.#socket === socket) this.#ended(code)
    })
  }

  #ended(code: number): void {
    this.#socket = undefined
    this.#options.listener.connected(false)
    if (this.#openedAt !== 0 && performance.now() - this.#openedAt >= GOOD_AFTER_MS) this.#failures = 0
    this.#openedAt = 0
    this.#failures = code === NOT_ALLOWED ? MANY_FAILURES : this.#failures + 1
    this.#timer = setTimeout(() => this.#connect(), reconnectDelay(this.#failures, this.#options.random()))
  }

  #hear(data: unknown): void {
    const { listener } = this.#options
    const message = parseMessage(data)
    if (message === null) return
    if (message.kind === 'metrics') return listener.metrics(message)
    if (message.kind === 'hello') {
      this.#openedAt = performance.now()
      listener.connected(true)
      if (this.#since === '') this.#moveTo(message.at)
      else if (!message.complete) this.#missed(message.at)
      return
    }
    if (message.kind === 'gap') return this.#missed(message.at)
    const text = data as string
    if (message.at === this.#since && this.#seen.has(text)) return
    if (message.at > this.#since) this.#moveTo(message.at)
    if (message.at === this.#since) this.#seen.add(text)
    listener.event(message)
  }

  #missed(at: string): void {
    this.#moveTo(at)
    this.#options.listener.missed()
  }

  #moveTo(at: string): void {
    this.#since = at
    this.#seen.clear()
  }
}
