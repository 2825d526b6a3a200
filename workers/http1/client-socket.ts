import net from 'node:net'
import type { ReadBuffers } from './read-buffer.ts'

/** What happens on a client's socket. */
export interface ClientSocketUser {
  /** Bytes in buffer[0, length), to be copied or passed on before it returns. False pauses reading. */
  onClientData(buffer: Buffer, length: number): boolean
  onClientEnd(): void
  onClientDrain(): void
  /** Our own code threw: only this connection may suffer. */
  onDefect(error: unknown): void
  onClientClose(): void
}

type Adoptable = net.Socket & { _handle: unknown; _server: unknown; server: unknown; allowHalfOpen: boolean }

/**
 * Wraps an accepted socket's handle in a Socket that reads into our buffers. Node has no way to ask for that when it
 * accepts; taking the handle over is the one step here that is not public API. `_server` must go along, else the
 * server counts the connection for ever.
 */
export class ClientSocket {
  readonly socket: net.Socket
  #own: Buffer | null = null
  readonly #buffers: ReadBuffers

  constructor(accepted: net.Socket, buffers: ReadBuffers, user: ClientSocketUser) {
    this.#buffers = buffers
    const from = accepted as Adoptable
    const handle = from._handle
    const server = from._server
    from._handle = null
    from._server = null
    from.server = null
    const options = {
      handle,
      readable: true,
      writable: true,
      allowHalfOpen: true,
      onread: { buffer: () => this.#own ?? buffers.shared, callback: (length: number, buffer: Uint8Array) => receive(user, buffer as Buffer, length) }
    }
    this.socket = new net.Socket(options as net.SocketConstructorOpts)
    ;(this.socket as Adoptable)._server = server
    this.socket.on('error', () => {})
    this.socket.on('drain', () => user.onClientDrain())
    this.socket.on('end', () => user.onClientEnd())
    this.socket.on('close', () => {
      this.#own = null
      user.onClientClose()
    })
  }

  readIntoOwnBuffer(): void {
    this.#own ??= this.#buffers.take()
  }

  replaceOwnBuffer(): void {
    if (this.#own !== null) this.#own = this.#buffers.take()
  }

  readIntoSharedBuffer(isFree: boolean): void {
    if (this.#own !== null && isFree) this.#buffers.give(this.#own)
    this.#own = null
  }
}

function receive(user: ClientSocketUser, buffer: Buffer, length: number): boolean {
  try {
    return user.onClientData(buffer, length)
  } catch (error) {
    user.onDefect(error)
    return true
  }
}
