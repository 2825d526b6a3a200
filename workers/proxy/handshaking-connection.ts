import type net from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { HandshakeUser, TlsServer } from '../tls/tls-server.ts'
import type { ConnectionPlace, OpenConnection } from './open-connection.ts'
import type { ClientAddress } from './peer.ts'

/** For the rest of a handshake, where the port goes away meanwhile. */
const CLOSE_GRACE_MS = 2_000

/** An accepted connection until its TLS handshake is done. */
export class HandshakingConnection implements OpenConnection, HandshakeUser {
  readonly place: ConnectionPlace
  readonly peer: ClientAddress
  readonly #socket: net.Socket
  readonly #onSecure: (connection: HandshakingConnection, socket: TLSSocket) => void
  #isOver = false
  isClosing = false

  constructor(socket: net.Socket, from: ClientAddress, place: ConnectionPlace, tls: TlsServer, onSecure: (connection: HandshakingConnection, socket: TLSSocket) => void) {
    this.place = place
    this.peer = from
    this.#socket = socket
    this.#onSecure = onSecure
    socket.on('error', () => {})
    socket.on('close', () => this.#end())
    tls.accept(socket, this)
  }

  get key(): string {
    return this.place.key
  }

  get isIdle(): boolean {
    return false
  }

  onSecure(socket: TLSSocket): void {
    this.place.thread.state.counted.handshakes++
    if (socket.isSessionReused()) this.place.thread.state.counted.resumed++
    this.#isOver = true
    this.#onSecure(this, socket)
  }

  onHandshakeFailed(): void {
    this.place.thread.state.countFailure('tls_handshake_failed')
    this.destroy()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.place.onClosed(this)
  }

  /** Its client is about to ask: that is answered, and then it ends as the others do. */
  close(): void {
    if (this.isClosing) return
    this.isClosing = true
    setTimeout(() => this.#isOver || this.destroy(), CLOSE_GRACE_MS).unref()
  }

  /** Whatever comes of it is told. */
  retire(): void {}

  destroy(): void {
    this.#socket.destroy()
  }
}
