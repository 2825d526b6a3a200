import net from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { BodyBuffers, type ReadBuffers } from '../http1/read-buffer.ts'
import type { OriginTls } from './origin-tls.ts'
import { outliveFailedWrites } from './outlive-failed-writes.ts'

/** Who uses an origin connection at the moment. */
export interface OriginUser {
  onOriginConnect(): void
  /** Bytes in buffer[0, length); they must be copied or passed on before it returns. False pauses reading. */
  onOriginData(buffer: Buffer, length: number): boolean
  /** The origin sent FIN. */
  onOriginEnd(): void
  /** The connection is gone; `error` is the socket's code, empty for an orderly end. */
  onOriginClose(error: string): void
  /** What was written has left. */
  onOriginDrain(): void
  /** Our own code threw: only this exchange may suffer. */
  onDefect(error: unknown): void
}

const noPause = true

/** A TCP or TLS connection to a target. Between two users it lies in the target's pool. */
export class OriginConnection {
  readonly socket: net.Socket
  readonly address: string
  user: OriginUser | null
  /** Requests can be written: TCP and, with TLS, the handshake are done. */
  isConnected = false
  /** TCP is done; what fails before isConnected is the fault of TLS. */
  hasTcp = false
  /** It has served a request before. */
  isReused = false
  /** Until when it may lie in the pool, and since when it does, in the thread's time. */
  idleUntil = 0
  idleSince = 0
  /** Called once, as soon as it is certain that the connection ends. */
  onGone: ((connection: OriginConnection) => void) | null = null
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

  /** From now on the bytes of a body are passed on without a copy. */
  readIntoOwnBuffer(): void {
    this.#body.begin()
  }

  /** A slice of the buffer still waits in a write: it must never be read into again. */
  replaceOwnBuffer(): void {
    this.#body.lend()
  }

  /** What was written of the body has left. */
  reclaimBuffers(): void {
    this.#body.reclaim()
  }

  /** The body is over. `isFree` tells that no slice of the buffer waits. */
  readIntoSharedBuffer(isFree: boolean): void {
    this.#body.end(isFree)
  }

  write(text: string): void {
    this.socket.write(text, 'latin1')
  }

  resume(): void {
    this.socket.resume()
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
