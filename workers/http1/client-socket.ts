import net from 'node:net'
import { BodyBuffers, type ReadBuffers } from './read-buffer.ts'
import type { Wire, WireUser } from './wire.ts'

/** A client's socket knows its wrapper, so that all sockets share the same few listeners: idle ones are many. */
type Wrapped = net.Socket & { [WRAPPER]: ClientSocket }
const WRAPPER = Symbol('client socket')

/**
 * A socket around an accepted connection's handle that reads into our buffers. Node has no public way to ask for that when it
 * accepts.
 */
export class ClientSocket implements Wire {
  readonly socket: net.Socket
  readonly #user: WireUser
  /** Only once a body was read: most connections never have one. */
  #body: BodyBuffers | null = null
  #hasWritten = 0
  readonly #buffers: ReadBuffers

  constructor(handle: unknown, buffers: ReadBuffers, user: WireUser) {
    this.#buffers = buffers
    this.#user = user
    const options = { handle, readable: true, writable: true, allowHalfOpen: true, onread: { buffer: () => this.#body === null ? buffers.shared : this.#body.current, callback: onRead } }
    const socket = new net.Socket(options as unknown as net.SocketConstructorOpts) as Wrapped
    socket[WRAPPER] = this
    this.socket = socket
    socket.on('error', ignore)
    socket.on('drain', onDrain)
    socket.on('end', onEnd)
    socket.on('close', onClose)
  }

  /** Small writes leave at once from the second one on; a connection with a single answer needs no such call. */
  write(data: string | Buffer): boolean {
    if (this.#hasWritten === 1) this.socket.setNoDelay(true)
    if (this.#hasWritten < 2) this.#hasWritten++
    if (typeof data === 'string') this.socket.write(data, 'latin1')
    else this.socket.write(data)
    return this.socket.writableLength > 0
  }

  get waiting(): number {
    return this.socket.writableLength
  }

  get isClear(): boolean {
    return this.socket.writableLength === 0
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

  readIntoOwnBuffer(): void {
    this.#body ??= new BodyBuffers(this.#buffers)
    this.#body.begin()
  }

  replaceOwnBuffer(): void {
    this.#body?.lend()
  }

  reclaimBuffers(): void {
    this.#body?.reclaim()
  }

  readIntoSharedBuffer(isFree: boolean): void {
    this.#body?.end(isFree)
  }

  receive(length: number, buffer: Buffer): boolean {
    try {
      return this.#user.onClientData(buffer, length)
    } catch (error) {
      this.#user.onDefect(error)
      return true
    }
  }

  drained(): void {
    this.#guarded(() => this.#user.onClientDrain())
  }

  ended(): void {
    this.#guarded(() => this.#user.onClientEnd())
  }

  #guarded(tell: () => void): void {
    try {
      tell()
    } catch (error) {
      this.#user.onDefect(error)
    }
  }

  closed(): void {
    this.#body?.end(false)
    this.#user.onClientClose()
  }
}

/** Node calls it on the socket. */
function onRead(this: Wrapped, length: number, buffer: Uint8Array): boolean {
  return this[WRAPPER].receive(length, buffer as Buffer)
}

function onDrain(this: Wrapped): void {
  this[WRAPPER].drained()
}

function onEnd(this: Wrapped): void {
  this[WRAPPER].ended()
}

function onClose(this: Wrapped): void {
  this[WRAPPER].closed()
}

function ignore(): void {}
