import type net from 'node:net'
import { readProxyHeader } from '../../shared/proxy-protocol/read-proxy-header.ts'
import type { Timed } from '../state/timing-wheel.ts'
import type { ConnectionPlace, OpenConnection } from './open-connection.ts'
import type { ClientAddress } from './peer.ts'

/** For the header to come, where the port goes away meanwhile. */
const CLOSE_GRACE_MS = 2_000

/** An accepted connection until its PROXY header has come. */
export class ProxiedConnection implements OpenConnection, Timed {
  wheelTick = -1
  wheelPlace = -1
  readonly place: ConnectionPlace
  /** The proxy. */
  readonly peer: { readonly address: string }
  readonly #socket: net.Socket
  readonly #onHeader: (connection: ProxiedConnection, socket: net.Socket, from: ClientAddress) => void
  #bytes: Buffer = Buffer.alloc(0)
  isClosing = false

  /** `onHeader` gets the socket with what came behind the header still to be read. */
  constructor(socket: net.Socket, address: string, place: ConnectionPlace, timeoutMs: number, onHeader: (connection: ProxiedConnection, socket: net.Socket, from: ClientAddress) => void) {
    this.place = place
    this.peer = { address }
    this.#socket = socket
    this.#onHeader = onHeader
    socket.on('error', ignore)
    socket.on('close', this.#closed)
    socket.on('end', this.#cut)
    socket.on('readable', this.#read)
    place.thread.wheel.arm(this, place.thread.state.now + timeoutMs)
  }

  get key(): string {
    return this.place.key
  }

  get isIdle(): boolean {
    return false
  }

  onTime(): number {
    if (!this.isClosing) this.place.thread.state.countFailure('proxy_header_timeout')
    this.destroy()
    return Infinity
  }

  onDefect(error: unknown): void {
    this.place.thread.log.error({ err: error }, 'a defect at a PROXY header; its connection was cut')
    this.destroy()
  }

  readonly #read = (): void => {
    const piece = this.#socket.read() as Buffer | null
    if (piece === null) return
    this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece])
    const header = readProxyHeader(this.#bytes)
    if (header === 'malformed') return this.#cut()
    if (header === null) return
    this.#leave()
    if (header.length < this.#bytes.length) this.#socket.unshift(this.#bytes.subarray(header.length))
    this.#onHeader(this, this.#socket, header.addresses ?? this.peer)
  }

  readonly #cut = (): void => {
    this.place.thread.state.countFailure('bad_proxy_header')
    this.destroy()
  }

  readonly #closed = (): void => {
    this.#leave()
    this.place.onClosed(this)
  }

  #leave(): void {
    this.place.thread.wheel.disarm(this)
    this.#socket.off('close', this.#closed)
    this.#socket.off('end', this.#cut)
    this.#socket.off('readable', this.#read)
  }

  /** Its client is about to ask: that is answered, and then it ends as the others do. */
  close(): void {
    if (this.isClosing) return
    this.isClosing = true
    const { wheel, state } = this.place.thread
    wheel.arm(this, state.now + CLOSE_GRACE_MS)
  }

  /** Whatever comes of it is told. */
  retire(): void {}

  destroy(): void {
    this.#socket.destroy()
  }
}

function ignore(): void {}
