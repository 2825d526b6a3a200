import net from 'node:net'
import type { ReadBuffers } from '../http1/read-buffer.ts'

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

/** A TCP connection to a target. Between two users it lies in the target's pool. */
export class OriginConnection {
  readonly socket: net.Socket
  user: OriginUser | null
  isConnected = false
  /** It has served a request before. */
  isReused = false
  /** Until when it may lie in the pool, in the thread's time. */
  idleUntil = 0
  connectBy = 0
  onIdleClose: ((connection: OriginConnection) => void) | null = null
  #own: Buffer | null = null
  readonly #buffers: ReadBuffers
  #error = ''

  constructor(buffers: ReadBuffers, host: string, port: number, user: OriginUser) {
    this.#buffers = buffers
    this.user = user
    this.socket = net.connect({
      host,
      port,
      noDelay: true,
      autoSelectFamily: false,
      onread: { buffer: () => this.#own ?? buffers.shared, callback: (length, buffer) => this.#onData(length, buffer as Buffer) }
    })
    this.socket.on('connect', () => {
      this.isConnected = true
      this.user?.onOriginConnect()
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
    this.#own ??= this.#buffers.take()
  }

  /** A slice of the buffer still waits in a write: it must never be read into again. */
  replaceOwnBuffer(): void {
    if (this.#own !== null) this.#own = this.#buffers.take()
  }

  /** The body is over. `isFree` tells that no slice of the buffer waits. */
  readIntoSharedBuffer(isFree: boolean): void {
    if (this.#own !== null && isFree) this.#buffers.give(this.#own)
    this.#own = null
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
    this.#own = null
    const { user } = this
    this.user = null
    if (user !== null) user.onOriginClose(this.#error)
    else this.onIdleClose?.(this)
  }
}
