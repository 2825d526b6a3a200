import { constants, type IncomingHttpHeaders, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { countBody } from '../http2/count-body.ts'
import { FloodGuard, SESSION_WINDOW, STREAM_WINDOW } from '../http2/flood-guard.ts'
import type { Timed } from '../state/timing-wheel.ts'
import type { Client } from './client.ts'
import { directStream } from './client-stream.ts'
import { type ConnectionLimits, GONE_LIMITS } from './connection-limits.ts'
import type { Exchange } from './exchange.ts'
import { Http2Client, type StreamPlace } from './http2-client.ts'
import { canBeProxied, Http2ProxyStream } from './http2-proxy-stream.ts'
import type { ConnectionPlace, OpenConnection } from './open-connection.ts'
import { type ClientAddress, type Peer, SocketPeer } from './peer.ts'
import { KEEP_ALIVE_MS } from '../websocket/web-socket-end.ts'
import type { ThreadContext } from './thread-context.ts'

const MOST_STREAMS = 100
/**
 * What nghttp2 hands on of a head; it resets the stream of a longer one. Within that our own limits hold, and are answered 431 as over
 * HTTP/1.1: a cookie may come in many fields that count as one, and no setting may be more than Node takes.
 */
const MOST_HEADER_PAIRS = 1_110
const MOST_HEADER_BYTES = 65_535
/** Streams that a client may reset at once, and then in a second. */
const RESET_BURST = 100
const RESETS_PER_SECOND = 10
const LOOK_MS = 250
const QUIET_LOOK_MS = 500
/** A client that does not read does not hear GOAWAY. */
const CUT_MS = 300
const CLOSE_GRACE_MS = 1_000
/** Streams that a client may still open (RFC 9113 section 6.8). */
const ANY_STREAM = 2 ** 31 - 1

/** One HTTP/2 connection of a client. */
export class Http2Connection implements OpenConnection, StreamPlace, Timed {
  wheelTick = -1
  wheelPlace = -1
  readonly place: ConnectionPlace
  readonly peer: Peer
  readonly guard = new FloodGuard()
  readonly #socket: TLSSocket
  readonly #session: ServerHttp2Session
  #streams = 0
  #idleSince: number
  #isClosing = false
  #hasServed = false
  /** When GOAWAY says which streams are the last. */
  #closeAt = Infinity
  #isKilled = false
  #bytesRead = 0

  constructor(socket: TLSSocket, from: ClientAddress, place: ConnectionPlace) {
    this.place = place
    this.#socket = socket
    this.peer = new SocketPeer(socket, from)
    this.#idleSince = place.thread.state.now
    // A stream may be quiet for long, as that of a WebSocket; only the system notices that its client is gone.
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    this.#session = performServerHandshake(socket, {
      settings: { maxConcurrentStreams: MOST_STREAMS, maxHeaderListSize: MOST_HEADER_BYTES, initialWindowSize: STREAM_WINDOW, enableConnectProtocol: true },
      maxHeaderListPairs: MOST_HEADER_PAIRS,
      streamResetBurst: RESET_BURST,
      streamResetRate: RESETS_PER_SECOND,
      // A field that came twice goes on twice, as over HTTP/1.1.
      strictSingleValueFields: false,
      // Space at the ends of a value is trimmed, as over HTTP/1.1; nghttp2 would drop the field.
      strictFieldWhitespaceValidation: false
    })
    this.#session.setLocalWindowSize(SESSION_WINDOW)
    this.#session.on('stream', (stream, headers, flags, raw) => this.#serve(stream, headers, raw, (flags & constants.NGHTTP2_FLAG_END_STREAM) === 0))
    this.#session.on('ping', () => this.guard.ping() && this.#kill())
    this.#session.on('remoteSettings', () => this.guard.settings() && this.#kill())
    this.#session.on('error', () => {})
    this.#session.on('close', () => this.#onClose())
    this.thread.wheel.arm(this, this.#idleSince + LOOK_MS)
  }

  get thread(): ThreadContext {
    return this.place.thread
  }

  get key(): string {
    return this.place.key
  }

  get isIdle(): boolean {
    return this.#streams === 0
  }

  /** Of the listener as configured now. */
  limits(): ConnectionLimits {
    return this.#listener?.config.limits ?? GONE_LIMITS
  }

  get hsts(): string {
    return this.#listener?.hsts ?? ''
  }

  get #listener() {
    return this.thread.current?.listeners.get(this.place.key) ?? null
  }

  #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[], hasBody: boolean): void {
    if (hasBody) countBody(stream, this.guard, () => this.#kill())
    const isProxied = this.#listener?.config.http2Engine === 'http2-proxy' && canBeProxied(headers, hasBody)
    const client: Http2Client = new Http2Client(this, isProxied ? new Http2ProxyStream(stream, headers, raw, () => client.begin(raw, hasBody)) : directStream(stream))
    if (!isProxied) client.begin(raw, hasBody)
  }

  /** The exchange for a request. */
  lend(client: Client): Exchange {
    const { thread, exchanges } = this.place
    const exchange = exchanges.take()
    exchange.client = client
    exchange.head.defaultPort = 443
    exchange.record.begin(thread.state.requestId(), this.peer.address)
    exchange.record.cameThrough(this.#listener)
    thread.state.counted.requests++
    this.#streams++
    if (this.#isClosing && !this.#hasServed) setImmediate(() => this.#session.close())
    this.#hasServed = true
    return exchange
  }

  giveBack(exchange: Exchange): void {
    exchange.record.bytesIn += exchange.body.bytes
    this.thread.telemetry.observe(exchange.record)
    exchange.client = null
    this.place.exchanges.give(exchange)
  }

  onStreamClosed(wasServed: boolean): void {
    if (!wasServed && !this.#session.destroyed && this.guard.reset()) this.#kill()
    if (--this.#streams === 0) this.#idleSince = this.thread.state.now
  }

  onTime(now: number): number {
    if (this.#session.destroyed) return Infinity
    const { bytesRead } = this.#session.socket
    const isQuiet = bytesRead === this.#bytesRead
    this.#bytesRead = bytesRead
    if (this.guard.look(this.#session.socket)) {
      this.#kill()
      return Infinity
    }
    if (now >= this.#closeAt) this.close()
    const idleMs = this.#isClosing ? CLOSE_GRACE_MS : this.limits().idleTimeoutMs
    if (this.isIdle && now - this.#idleSince >= idleMs) this.#session.close()
    return now + (isQuiet ? QUIET_LOOK_MS : LOOK_MS)
  }

  /** A flood: tells the client so, and does not wait for it to listen. */
  #kill(): void {
    if (this.#isKilled) return
    this.#isKilled = true
    this.thread.state.countFailure('http2_flood')
    // With the code in the place of an error it is sent as GOAWAY; as the second argument it is not.
    this.#session.destroy(constants.NGHTTP2_ENHANCE_YOUR_CALM as unknown as Error)
    setTimeout(() => this.#socket.destroy(), CUT_MS).unref()
  }

  #onClose(): void {
    this.thread.wheel.disarm(this)
    this.place.onClosed(this)
  }

  onDefect(error: unknown): void {
    this.thread.log.error({ err: error }, 'a defect in an HTTP/2 connection; it was cut')
    this.destroy()
  }

  /** Takes no more requests; ends when those that are served are over. */
  close(): void {
    if (this.#isClosing) return
    this.#isClosing = true
    // One that is new is about to ask: told to go first, its client would have to ask again.
    if (this.#hasServed) this.#session.close()
    else this.#idleSince = this.thread.state.now
  }

  /** First only asks for no more requests, since some are on their way: those that come within a moment are served. */
  retire(): void {
    if (this.#isClosing || this.#closeAt !== Infinity || this.#session.destroyed) return
    this.#closeAt = this.thread.state.now + CLOSE_GRACE_MS
    this.#session.goaway(constants.NGHTTP2_NO_ERROR, ANY_STREAM)
  }

  destroy(): void {
    this.#session.destroy()
    this.#socket.destroy()
  }
}
