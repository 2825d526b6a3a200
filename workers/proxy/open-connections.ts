import type net from 'node:net'
import { type ConnectionHandle, peerAddress, socketOf } from '../listeners/accept-handles.ts'
import { ClientConnection } from './client-connection.ts'
import type { ConnectionPlace } from './connection-place.ts'
import { ExchangePool } from './exchange-pool.ts'
import { FAILURES, type ProxyFailure } from './failure.ts'
import { gatewayAnswer } from './gateway-answer.ts'
import { endpointKey, type RuntimeListener } from './runtime.ts'
import type { ListenerRow } from '../state/listener-row.ts'
import { PRESSURE } from '../state/signals.ts'
import type { ThreadContext } from './thread-context.ts'

const REFUSED_LINGER_MS = 2_000
/** Idle connections that are closed in one tick while the process is short of memory. */
const MOST_CLOSED_AT_ONCE = 500

/** The client connections of one thread. They are state: no configuration closes them. */
export class OpenConnections {
  readonly #thread: ThreadContext
  readonly #exchanges = new ExchangePool()
  readonly #all = new Set<ClientConnection>()
  /** By endpointKey(). */
  readonly #places = new Map<string, ConnectionPlace<ClientConnection>>()
  #whenEmpty: (() => void) | null = null

  constructor(thread: ThreadContext) {
    this.#thread = thread
  }

  get size(): number {
    return this.#all.size
  }

  /** Takes an accepted connection, or answers 503 when the node has as many as it may. */
  accept(handle: ConnectionHandle, endpoint: { address: string; port: number }): void {
    const thread = this.#thread
    const key = endpointKey(endpoint)
    const listener = thread.current?.listeners.get(key) ?? null
    const address = peerAddress(handle)
    const refused = this.#refusal(listener, address)
    if (refused !== null) return this.#refuse(socketOf(handle), refused)
    listener?.row.open()
    thread.state.sockets.open()
    thread.state.clients.open(address)
    this.#all.add(new ClientConnection(handle, address, this.#place(key, listener?.row ?? null)))
  }

  readonly #onClosed = (closed: ClientConnection): void => {
    closed.place.row?.close()
    this.#thread.state.sockets.close()
    this.#thread.state.clients.close(closed.clientAddress)
    this.#all.delete(closed)
    if (this.#all.size === 0) this.#whenEmpty?.()
  }

  #place(key: string, row: ListenerRow | null): ConnectionPlace<ClientConnection> {
    const known = this.#places.get(key)
    if (known !== undefined && known.row === row) return known
    const place: ConnectionPlace<ClientConnection> = { thread: this.#thread, key, exchanges: this.#exchanges, row, onClosed: this.#onClosed }
    this.#places.set(key, place)
    return place
  }

  #refusal(listener: RuntimeListener | null, address: string): ProxyFailure | null {
    const { signals, state } = this.#thread
    if (signals.memoryPressure === PRESSURE.critical) return FAILURES.overloaded
    if (state.sockets.areUsedUp) return FAILURES.outOfFiles
    if (listener === null) return null
    const { maxConnections, maxConnectionsPerClient } = listener.config.limits
    if (listener.row.connections >= maxConnections) return FAILURES.tooManyConnections
    return maxConnectionsPerClient > 0 && state.clients.count(address) >= maxConnectionsPerClient ? FAILURES.tooManyOfClient : null
  }

  /** Ends connections with their current answer; all of them without a key. */
  close(key?: string): void {
    for (const connection of this.#all) if (key === undefined || connection.key === key) connection.close()
  }

  /** Closes all; resolves when none is left, or cuts the rest after `ms`. */
  drain(ms: number): Promise<void> {
    this.close()
    if (this.#all.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        for (const connection of this.#all) connection.destroy()
        resolve()
      }, ms)
      this.#whenEmpty = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Gives memory back when it is short: idle connections end, the oldest first. */
  sweep(): void {
    if (this.#thread.signals.memoryPressure === PRESSURE.none) return
    let left = MOST_CLOSED_AT_ONCE
    for (const connection of this.#all) {
      if (!connection.isIdle) continue
      connection.destroy()
      if (--left === 0) return
    }
  }

  #refuse(socket: net.Socket, failure: ProxyFailure): void {
    const { state } = this.#thread
    const { status, code, message, retryAfterSeconds } = failure
    state.countFailure(code)
    socket.on('error', () => {})
    socket.end(gatewayAnswer({ status, code, message, retryAfterSeconds, requestId: state.requestId(), accept: '', close: true, withoutBody: false }))
    // Short of files nothing is waited for; else what the client sends is read, so that it sees the answer and not a reset.
    if (failure === FAILURES.outOfFiles) socket.destroySoon()
    else this.#linger(socket)
  }

  /** Until the client has closed, or a moment is over. */
  #linger(socket: net.Socket): void {
    const timer = setTimeout(() => socket.destroy(), REFUSED_LINGER_MS)
    timer.unref()
    socket.once('close', () => clearTimeout(timer))
    socket.resume()
  }
}
