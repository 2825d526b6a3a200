import type { ReadBuffers } from '../../http1/read-buffer.ts'
import type { OpenSockets } from '../../state/open-sockets.ts'
import type { Dialer } from '../dialer.ts'
import type { Origin, OriginUser } from '../origin.ts'
import { OriginConnection } from '../origin-connection.ts'
import type { OriginTls } from '../origin-tls.ts'
import { Http2Origin } from './http2-origin.ts'
import { Http2Session, type SessionOwner } from './http2-session.ts'

/** An origin that chose HTTP/1.1 is asked again after so long. */
const HTTP1_FOR_MS = 60_000

/** Puts requests on few connections as streams; upgrades, and origins that do not speak HTTP/2 over TLS, get HTTP/1.1. */
export class Http2Dialer implements Dialer, SessionOwner {
  readonly #buffers: ReadBuffers
  readonly #sockets: OpenSockets
  readonly #tls: OriginTls | null
  readonly #clock: () => number
  readonly #idleMs: number
  readonly #sessions: Http2Session[] = []
  #http1Until = -Infinity

  /** `tls` null: HTTP/2 without TLS, known beforehand. */
  constructor(options: { buffers: ReadBuffers; sockets: OpenSockets; tls: OriginTls | null; clock: () => number; idleMs: number }) {
    this.#buffers = options.buffers
    this.#sockets = options.sockets
    this.#tls = options.tls
    this.#clock = options.clock
    this.#idleMs = options.idleMs
  }

  get isReady(): boolean {
    return this.#tls === null || this.#tls.isReady
  }

  get isSecure(): boolean {
    return this.#tls !== null
  }

  dial(address: string, port: number, user: OriginUser, needsHttp1: boolean): Origin {
    if (needsHttp1 || this.#clock() < this.#http1Until) return new OriginConnection(this.#buffers, address, port, this.#tls, user)
    const session = this.#sessions.find((one) => one.hasRoom && one.address === address) ?? this.#open(address, port)
    const stream = new Http2Origin(session, user)
    session.join(stream)
    return stream
  }

  #open(address: string, port: number): Http2Session {
    const session = new Http2Session(this, address, port, this.#tls)
    this.#sessions.push(session)
    this.#sockets.open()
    return session
  }

  onSessionGone(session: Http2Session): void {
    const index = this.#sessions.indexOf(session)
    if (index === -1) return
    this.#sessions.splice(index, 1)
    this.#sockets.close()
  }

  onHttp1(): void {
    this.#http1Until = this.#clock() + HTTP1_FOR_MS
  }

  sweep(now: number): void {
    for (const session of this.#sessions) {
      if (!session.isIdle) session.idleSince = now
      else if (now - session.idleSince > this.#idleMs) session.destroy()
    }
  }

  retire(): void {
    for (const session of this.#sessions) session.retire()
  }
}
