import net from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { BodyBuffers, type ReadBuffers } from '../http1/read-buffer.ts'
import type { OriginTls } from './origin-tls.ts'
import type { Origin, OriginUser } from './origin.ts'
import { outliveFailedWrites } from './outlive-failed-writes.ts'

const noPause = true

/** A TCP or TLS connection to a target. Between two users it lies in the target's pool. */
export class OriginConnection implements Origin {
  readonly socket: net.Socket
  readonly address: string
  user: OriginUser | null
  /** Requests can be written: TCP and, with TLS, the handshake are done. */
  isConnected = false
  hasTcp = false
  isReused = false
  idleUntil = 0
  idleSince = 0
  onGone: ((origin: Origin) => void) | null = null
  readonly isConnection = true
  readonly #body: BodyBuffers
  #error = ''

  constructor(buffers: ReadBuffers, address: string, port: number, tls: OriginTls | null, user: OriginUser) {
    this.#body = new BodyBuffers(buffers)
    this.address = address
    this.user = user
    const onread = { buffer: () => this.#body.current, callback: (length: number, buffer: Uint8Array) => this.#onData(length, buffer as Buffer) }
    const options = { host: address, port, noDelay: true, autoSelectFamily: false, onread } as net.TcpNetConnectOpts
    this.socket = tls === null ? net.connect(options) : this.#connectTls(tls, options)
    outliveFailedWrites(this.socket)
    this.socket.on('connect', () => {
      this.hasTcp = true
      if (tls === null) this.#onReady()
    })
    this.socket.on('drain', () => this.user?.onOriginDrain())
    this.socket.on('end', () => {
      if (this.user !== null) this.user.onOriginEnd()
      else this.destroy()
    })
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#error = error.code ?? 'ERROR'
    })
    this.socket.on('close', () => this.#onClose())
  }

  readIntoOwnBuffer(): void {
    this.#body.begin()
  }

  replaceOwnBuffer(): void {
    this.#body.lend()
  }

  reclaimBuffers(): void {
    this.#body.reclaim()
  }

  readIntoSharedBuffer(isFree: boolean): void {
    this.#body.end(isFree)
  }

  get isAlive(): boolean {
    return this.socket.readyState === 'open'
  }

  get waiting(): number {
    return this.socket.writableLength
  }

  write(data: string | Buffer): void {
    if (typeof data === 'string') this.socket.write(data, 'latin1')
    else this.socket.write(data)
  }

  pause(): void {
    this.socket.pause()
  }

  end(): void {
    this.socket.end()
  }

  keepAlive(ms: number): void {
    this.socket.setKeepAlive(true, ms)
  }

  resume(): void {
    this.socket.resume()
  }

  finish(): void {
    this.destroy()
  }

  destroy(): void {
    this.user = null
    this.socket.destroy()
    this.#leave()
  }

  #connectTls(tls: OriginTls, options: net.TcpNetConnectOpts): TLSSocket {
    const socket = connectTls({ ...options, ...tls.connectOptions() })
    socket.on('secureConnect', () => this.#onReady())
    socket.on('session', (session) => tls.keepSession(session))
    socket.on('error', () => tls.forgetSession())
    return socket
  }

  #onReady(): void {
    this.isConnected = true
    this.user?.onOriginConnect()
  }

  #onData(length: number, buffer: Buffer): boolean {
    const { user } = this
    if (user === null) {
      // Bytes that nobody asked for would be taken for the next answer.
      this.destroy()
      return noPause
    }
    try {
      return user.onOriginData(buffer, length)
    } catch (error) {
      user.onDefect(error)
      return noPause
    }
  }

  #onClose(): void {
    this.#body.end(false)
    const { user } = this
    this.user = null
    this.#leave()
    user?.onOriginClose(this.#error)
  }

  /** Its place is free at once: whoever ends a connection may open the next in the same breath. */
  #leave(): void {
    const { onGone } = this
    this.onGone = null
    onGone?.(this)
  }
}
