import type { OnRemove } from '../../shared/schema/route.ts'
import { CLOSE } from './close-frame.ts'
import type { WebSocket } from './web-socket.ts'
import { noWebSockets, type WebSocketCounts } from './web-socket-counts.ts'

/** Of the time that a drain may take, the part in which Close frames are sent; the rest is for the answers. */
const SHARE_FOR_CLOSING = 0.8

/** The WebSockets that one thread has open. */
export class OpenWebSockets {
  readonly #all = new Map<string, WebSocket>()
  readonly #past = noWebSockets()
  readonly #drainMs: () => number
  readonly #random: () => number

  /** `drainMs`: a person drains the node within that time; 0: nobody does. */
  constructor(drainMs: () => number = () => 0, random: () => number = Math.random) {
    this.#drainMs = drainMs
    this.#random = random
  }

  get size(): number {
    return this.#all.size
  }

  add(webSocket: WebSocket): void {
    this.#past.opened++
    this.#all.set(webSocket.facts.id, webSocket)
    const drainMs = this.#drainMs()
    if (drainMs > 0) webSocket.close(CLOSE.goingAway, 1 + this.#random() * drainMs * SHARE_FOR_CLOSING)
  }

  remove(webSocket: WebSocket): void {
    if (!this.#all.delete(webSocket.facts.id)) return
    const code = String(webSocket.closeCode)
    this.#past.closedByCode[code] = (this.#past.closedByCode[code] ?? 0) + 1
    addTraffic(this.#past, webSocket)
  }

  list(): WebSocket[] {
    return [...this.#all.values()]
  }

  counts(): WebSocketCounts {
    const counts = { ...this.#past, open: this.#all.size, closedByCode: { ...this.#past.closedByCode } }
    for (const webSocket of this.#all.values()) addTraffic(counts, webSocket)
    return counts
  }

  /** A person wants it closed. False when there is none with this id. */
  close(id: string): boolean {
    const webSocket = this.#all.get(id)
    webSocket?.close(CLOSE.goingAway)
    return webSocket !== undefined
  }

  /** `promiseOf` gives what was promised for a route that is gone; null for one that is still served. */
  routesChanged(promiseOf: (routeId: string) => OnRemove | null, random: () => number): void {
    for (const webSocket of this.#all.values()) {
      const promise = promiseOf(webSocket.facts.routeId)
      if (promise !== null) webSocket.onRemoved(promise, random)
    }
  }

  /** The port is gone. */
  portClosed(key: string, promiseOf: (routeId: string) => OnRemove | null, random: () => number): void {
    for (const webSocket of this.#all.values()) {
      if (webSocket.facts.key === key) webSocket.onRemoved(promiseOf(webSocket.facts.routeId) ?? webSocket.facts.onRemove, random)
    }
  }

  /** The process ends, or the node is drained, within `ms`: all are closed, spread over that time so that clients do not come back all at once. */
  drain(ms: number, random: () => number): void {
    for (const webSocket of this.#all.values()) webSocket.close(CLOSE.goingAway, random() * ms * SHARE_FOR_CLOSING)
  }
}

function addTraffic(counts: WebSocketCounts, { bytesIn, bytesOut, messagesIn, messagesOut }: WebSocket): void {
  counts.bytesIn += bytesIn
  counts.bytesOut += bytesOut
  counts.messagesIn += messagesIn
  counts.messagesOut += messagesOut
}
