import { type ClientHttp2Session, type ClientHttp2Stream, type ClientSessionOptions, type ClientSessionRequestOptions, connect } from 'node:http2'
import net from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { OriginTls } from '../origin-tls.ts'
import { REQUEST_NOT_SENDABLE, STREAM_REFUSED } from './stream-errors.ts'

/** What one stream, and all of them together, may have on the way to us. */
const STREAM_WINDOW = 262_144
const SESSION_WINDOW = 4_194_304
export const MOST_HEADER_BYTES = 65_536
/** Streams at a time while the origin has not said how many it takes. */
const STREAMS_AT_FIRST = 100
const KEEP_ALIVE_MS = 30_000

/** A request on a session. */
export interface SessionStream {
  isReused: boolean
  /** The session can be used. */
  onReady(): void
  onSessionClosed(error: string): void
}

/** What becomes of a session. */
export interface SessionOwner {
  onSessionGone(session: Http2Session): void
  /** The origin chose HTTP/1.1. */
  onHttp1(): void
}

/** One HTTP/2 connection to an origin, with the requests that are on it. */
export class Http2Session {
  readonly address: string
  readonly scheme: 'http' | 'https'
  readonly #owner: SessionOwner
  readonly #socket: net.Socket
  readonly #session: ClientHttp2Session
  readonly #streams = new Set<SessionStream>()
  #isReady = false
  #isClosing = false
  #lastStream = Infinity
  #error = ''
  /** When it had no request any more, in the thread's time. */
  idleSince = 0
  hasTcp = false

  constructor(owner: SessionOwner, address: string, port: number, tls: OriginTls | null) {
    this.#owner = owner
    this.address = address
    this.scheme = tls === null ? 'http' : 'https'
    this.#socket = tls === null ? net.connect({ host: address, port, noDelay: true, autoSelectFamily: false }) : this.#connectTls(tls, address, port)
    this.#socket.setKeepAlive(true, KEEP_ALIVE_MS)
    this.#socket.on('connect', () => (this.hasTcp = true))
    this.#socket.on('error', (error: NodeJS.ErrnoException) => (this.#error ||= error.code ?? 'ERROR'))
    this.#session = connect(`${this.scheme}://${net.isIPv6(address) ? `[${address}]` : address}:${port}`, {
      createConnection: () => this.#socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: MOST_HEADER_BYTES },
      // A field that came twice goes on twice, as over HTTP/1.1.
      strictSingleValueFields: false,
      // Space at the ends of a value is trimmed, as over HTTP/1.1; nghttp2 would drop the field.
      strictFieldWhitespaceValidation: false
    } as ClientSessionOptions)
    this.#session.on('connect', () => this.#onConnect())
    this.#session.on('goaway', (_code, lastStream) => {
      this.#isClosing = true
      this.#lastStream = lastStream
    })
    this.#session.on('error', () => {})
    this.#session.on('close', () => this.#onClose())
  }

  #connectTls(tls: OriginTls, address: string, port: number): TLSSocket {
    const socket = connectTls({ host: address, port, autoSelectFamily: false, ...tls.connectOptions(), ALPNProtocols: ['h2', 'http/1.1'] } as never)
    socket.setNoDelay(true)
    // Before the session hears of it.
    socket.on('secureConnect', () => socket.alpnProtocol === 'h2' || this.#fallBack())
    socket.on('session', (session) => tls.keepSession(session))
    socket.on('error', () => tls.forgetSession())
    return socket
  }

  #onConnect(): void {
    if (this.#session.destroyed) return
    this.#isReady = true
    this.#session.setLocalWindowSize(SESSION_WINDOW)
    for (const stream of this.#streams) stream.onReady()
  }

  /** The origin chose HTTP/1.1: the requests that wait are sent that way. */
  #fallBack(): void {
    this.#error = STREAM_REFUSED
    this.#owner.onHttp1()
    this.destroy()
  }

  #onClose(): void {
    this.#isClosing = true
    this.#owner.onSessionGone(this)
    // Streams that were never opened get no event of their own.
    for (const stream of this.#streams) stream.onSessionClosed(this.#error)
  }

  /** Takes another request. */
  get hasRoom(): boolean {
    return !this.#isClosing && this.#streams.size < (this.#session.remoteSettings?.maxConcurrentStreams ?? STREAMS_AT_FIRST)
  }

  get isIdle(): boolean {
    return this.#streams.size === 0
  }

  join(stream: SessionStream): void {
    this.#streams.add(stream)
    if (!this.#isReady) return
    stream.isReused = true
    process.nextTick(() => stream.onReady())
  }

  leave(stream: SessionStream): void {
    this.#streams.delete(stream)
    // Nobody waits for a connection that may never come.
    if (this.isIdle && (!this.#isReady || this.#isClosing)) this.destroy()
  }

  /** The stream of a request, or the error for which there is none. */
  request(fields: readonly string[], options: ClientSessionRequestOptions): ClientHttp2Stream | string {
    if (this.#session.closed || this.#session.destroyed) return STREAM_REFUSED
    try {
      return this.#session.request(fields, options)
    } catch {
      return REQUEST_NOT_SENDABLE
    }
  }

  /** The origin said that it did not look at this stream. */
  refused(streamId: number | undefined): boolean {
    return streamId === undefined || streamId > this.#lastStream
  }

  /** Ends with its last request. */
  retire(): void {
    this.#isClosing = true
    if (this.isIdle) this.destroy()
  }

  destroy(): void {
    this.#isClosing = true
    this.#session.destroy()
    this.#socket.destroy()
  }
}
