import type net from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type ConnectionHandle, peerAddress, socketOf } from '../listeners/accept-handles.ts'
import { ClientConnection } from './client-connection.ts'
import { ExchangePool } from './exchange-pool.ts'
import { FAILURES, type ProxyFailure } from './failure.ts'
import { gatewayAnswer, lastAnswerText } from './gateway-answer.ts'
import { HandshakingConnection } from './handshaking-connection.ts'
import { Http2Connection } from './http2-connection.ts'
import type { ConnectionPlace, OpenConnection } from './open-connection.ts'
import type { ClientAddress } from './peer.ts'
import { ProxiedConnection } from './proxied-connection.ts'
import { endpointKey, promiseOf, type RuntimeListener } from './runtime.ts'
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
  readonly #all = new Set<OpenConnection>()
  /** By endpointKey(). */
  readonly #places = new Map<string, ConnectionPlace>()
  #whenEmpty: (() => void) | null = null
  #isDrained = false

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
    const place = this.#place(key, listener?.row ?? null)
    const tls = listener?.tls ?? null
    if (listener?.config.proxyProtocol === true) this.#keep(new ProxiedConnection(socketOf(handle), address, place, listener.config.limits.headerTimeoutMs, this.#onHeader))
    else this.#keep(tls === null ? new ClientConnection(handle, { address }, place) : new HandshakingConnection(socketOf(handle), { address }, place, tls, this.#onSecure))
  }

  /** From now on the connection is that of the client which the PROXY header named. */
  readonly #onHeader = (before: ProxiedConnection, socket: net.Socket, from: ClientAddress): void => {
    const { place, peer: proxy } = before
    const { state, current } = this.#thread
    const listener = current?.listeners.get(place.key) ?? null
    this.#all.delete(before)
    state.clients.close(proxy.address)
    const maxOfClient = listener?.config.limits.maxConnectionsPerClient ?? 0
    const isOne = maxOfClient === 0 || state.clients.count(from.address) < maxOfClient
    state.clients.open(from.address)
    if (listener === null || !isOne) {
      this.#onClosed({ place, peer: from })
      return this.#refuse(socket, listener === null ? FAILURES.noConfiguration : FAILURES.tooManyOfClient)
    }
    this.#goOn(before, listener.tls === null ? new ClientConnection(socket, from, place) : new HandshakingConnection(socket, from, place, listener.tls, this.#onSecure))
  }

  readonly #onSecure = (before: HandshakingConnection, socket: TLSSocket): void => {
    this.#all.delete(before)
    const { peer, place } = before
    this.#goOn(before, socket.alpnProtocol === 'h2' ? new Http2Connection(socket, peer, place) : new ClientConnection(socket, peer, place))
  }

  #goOn(before: { isClosing: boolean }, connection: OpenConnection): void {
    this.#keep(connection)
    if (before.isClosing) connection.close()
  }

  #keep(connection: OpenConnection): void {
    const { drainMs } = this.#thread.signals
    this.#all.add(connection)
    if (drainMs > 0) connection.retire(drainMs)
  }

  readonly #onClosed = (closed: Pick<OpenConnection, 'place' | 'peer'>): void => {
    closed.place.row?.close()
    this.#thread.state.sockets.close()
    this.#thread.state.clients.close(closed.peer.address)
    this.#all.delete(closed as OpenConnection)
    if (this.#all.size === 0) this.#whenEmpty?.()
  }

  #place(key: string, row: ListenerRow | null): ConnectionPlace {
    const known = this.#places.get(key)
    if (known !== undefined && known.row === row) return known
    const place: ConnectionPlace = { thread: this.#thread, key, exchanges: this.#exchanges, row, onClosed: this.#onClosed }
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
    // Behind a proxy the client is not known yet.
    if (listener.config.proxyProtocol) return listener.trusts?.(address) === false ? FAILURES.notTrusted : null
    return maxConnectionsPerClient > 0 && state.clients.count(address) >= maxConnectionsPerClient ? FAILURES.tooManyOfClient : null
  }

  /** Ends connections with their current answer; all of them without a key. */
  close(key?: string): void {
    for (const connection of this.#all) if (key === undefined || connection.key === key) connection.close()
    if (key !== undefined) this.#thread.webSockets.portClosed(key, (id) => promiseOf(this.#thread.current, id), this.#thread.random)
  }

  /** Closes all; resolves when none is left, or cuts the rest after `ms`. */
  drain(ms: number): Promise<void> {
    this.close()
    this.#thread.webSockets.drain(ms, this.#thread.random)
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

  /** Looks at what the worker process says: a drain, and whether memory is short. */
  sweep(): void {
    const { drainMs } = this.#thread.signals
    if (this.#isDrained !== drainMs > 0) this.#drained(drainMs)
    this.#giveMemoryBack()
  }

  /** A person drains the node, or ends that. Connections that are told to end do so all the same. */
  #drained(drainMs: number): void {
    const { webSockets, random } = this.#thread
    this.#isDrained = drainMs > 0
    if (drainMs === 0) return
    for (const connection of this.#all) connection.retire(random() * drainMs)
    webSockets.drain(drainMs, random)
  }

  /** When it is short idle connections end, the oldest first. */
  #giveMemoryBack(): void {
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
    socket.end(lastAnswerText(gatewayAnswer({ status, code, message, retryAfterSeconds, requestId: state.requestId(), accept: '', withoutBody: false })))
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
