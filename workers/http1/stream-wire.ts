import type net from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Wire, WireUser } from './wire.ts'

/**
 * A client's connection that Node reads: with TLS, or behind a PROXY header. Every piece comes in a buffer of its own, so nothing
 * has to be kept apart.
 */
export class StreamWire implements Wire {
  readonly socket: net.Socket
  /** What is written is encrypted, and by that copied, at once. */
  readonly #copies: boolean
  readonly #user: WireUser
  #isHeld = false

  constructor(socket: net.Socket, user: WireUser) {
    this.socket = socket
    this.#copies = socket instanceof TLSSocket
    this.#user = user
    socket.on('error', () => {})
    socket.on('data', (data: Buffer) => {
      if (!this.#guarded(() => user.onClientData(data, data.length))) socket.pause()
    })
    socket.on('drain', () => this.#guarded(() => user.onClientDrain()))
    socket.on('end', () => this.#guarded(() => user.onClientEnd()))
    socket.on('close', () => user.onClientClose())
  }

  get waiting(): number {
    return this.socket.writableLength
  }

  get isClear(): boolean {
    return !this.#isHeld || this.socket.writableLength === 0
  }

  /** Behind something that waits even TLS keeps it as it is. */
  write(data: string | Buffer): boolean {
    const waited = this.socket.writableLength > 0
    if (typeof data === 'string') this.socket.write(data, 'latin1')
    else this.socket.write(data)
    this.#isHeld = this.#copies ? waited : this.socket.writableLength > 0
    return this.#isHeld
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  end(): void {
    this.socket.end()
  }

  destroy(): void {
    this.socket.destroy()
  }

  readIntoOwnBuffer(): void {}

  replaceOwnBuffer(): void {}

  reclaimBuffers(): void {}

  readIntoSharedBuffer(): void {}

  #guarded<T>(tell: () => T): T | true {
    try {
      return tell()
    } catch (error) {
      this.#user.onDefect(error)
      return true
    }
  }
}
