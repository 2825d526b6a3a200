import type net from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ProxiedAddresses } from '../../shared/proxy-protocol/read-proxy-header.ts'

/** Where a connection comes from, and which of our addresses it came to. */
export interface Peer {
  readonly scheme: 'http' | 'https'
  readonly address: string
  readonly port: number
  readonly localAddress: string
  readonly localPort: number
  /** Base64 of the DER of the client's certificate, if it showed one that is valid; '' otherwise. */
  readonly clientCertificate: string
}

/** The address of a client, and the rest where a PROXY header told it. */
export type ClientAddress = Pick<Peer, 'address'> | ProxiedAddresses

/** Read from the socket when they are asked for: few requests need more than the address. */
export class SocketPeer implements Peer {
  readonly scheme: 'http' | 'https'
  readonly address: string
  readonly #socket: net.Socket
  readonly #proxied: ProxiedAddresses | null

  constructor(socket: net.Socket, from: ClientAddress) {
    this.scheme = socket instanceof TLSSocket ? 'https' : 'http'
    this.address = from.address
    this.#socket = socket
    this.#proxied = 'port' in from ? from : null
  }

  get port(): number {
    return this.#proxied?.port ?? this.#socket.remotePort ?? 0
  }

  get localAddress(): string {
    const localAddress = this.#proxied?.localAddress ?? this.#socket.localAddress ?? ''
    return localAddress.startsWith('::ffff:') ? localAddress.slice(7) : localAddress
  }

  get localPort(): number {
    return this.#proxied?.localPort ?? this.#socket.localPort ?? 0
  }

  get clientCertificate(): string {
    if (!(this.#socket instanceof TLSSocket) || !this.#socket.authorized) return ''
    return this.#socket.getPeerX509Certificate()?.raw.toString('base64') ?? ''
  }
}
