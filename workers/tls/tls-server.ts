import type net from 'node:net'
import { createSecureContext, createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls'
import { ticketDay } from '../../shared/schema/sealed.ts'
import type { Credential } from '../credential.ts'
import type { Credentials } from '../state/credentials.ts'
import { CertificateContexts } from './certificate-contexts.ts'
import { CertificateNames } from './certificate-names.ts'
import { certificatesOf } from './certificates-of.ts'
import { contextOptions } from './context-options.ts'
import { ticketKeys } from './ticket-keys.ts'
import type { TlsTerms } from './tls-terms.ts'

const HANDSHAKE_MS = 10_000

/** What becomes of a handshake. */
export interface HandshakeUser {
  onSecure(socket: TLSSocket): void
  /** The client ended it, or took too long, or no certificate fits. */
  onHandshakeFailed(error: Error): void
}

/**
 * The TLS side of one listener on one thread. Certificates are live: a new one is used from the next handshake on, and
 * connections that are open keep theirs. What cannot be served, be it a certificate or the whole policy, costs the handshakes
 * that need it, and nothing else.
 */
export class TlsServer {
  readonly #terms: TlsTerms
  readonly #credentials: Credentials
  readonly #server: Server
  readonly #handshakes = new Map<string, HandshakeUser>()
  readonly #contexts: CertificateContexts
  /** Whether the policy is one that TLS can be spoken by. */
  readonly #isUsable: boolean
  #names = new CertificateNames([])
  /** Without a name that fits; undefined before the first look. */
  #shown: Credential | null | undefined
  #version = -1
  #day = -1
  #dayKey: string | null = null

  constructor(terms: TlsTerms, credentials: Credentials) {
    this.#terms = terms
    this.#credentials = credentials
    this.#contexts = new CertificateContexts((credential) => createSecureContext(contextOptions(terms, credential)))
    this.#isUsable = isUsable(terms)
    const { protocols } = terms
    const { mode } = terms.policy.clientAuth
    this.#server = createServer({
      ALPNProtocols: [...protocols],
      SNICallback: (name, done) => done(null, this.#choose(name)),
      handshakeTimeout: HANDSHAKE_MS,
      requestCert: mode !== 'none',
      rejectUnauthorized: mode === 'require'
    })
    this.#server.on('secureConnection', (socket) => this.#take(socket)?.onSecure(socket))
    this.#server.on('tlsClientError', (error, socket) => this.#take(socket)?.onHandshakeFailed(error))
    this.refresh(Date.now())
  }

  /** Begins a handshake on an accepted connection. */
  accept(raw: net.Socket, user: HandshakeUser): void {
    if (!this.#isUsable) return user.onHandshakeFailed(new Error('the TLS policy cannot be used'))
    const key = peerKey(raw)
    this.#handshakes.set(key, user)
    // What came before is a PROXY header.
    const bytesBefore = raw.bytesRead - raw.readableLength
    raw.once('close', () => {
      // The same client may be here again from the same port already.
      if (this.#handshakes.get(key) !== user) return
      this.#handshakes.delete(key)
      // Node says nothing of a client whose certificate it refuses before its connection, and with it the address, is gone. One that
      // sent nothing, such as a look whether the port is open, began no handshake.
      if (raw.bytesRead > bytesBefore) user.onHandshakeFailed(new Error('the connection ended'))
    })
    this.#server.emit('connection', raw)
  }

  #take(socket: net.Socket): HandshakeUser | undefined {
    const key = peerKey(socket)
    const user = this.#handshakes.get(key)
    this.#handshakes.delete(key)
    if (user === undefined) socket.destroy()
    return user
  }

  /** Uses what is new among the certificates and keys. `now` is that of the calendar. */
  refresh(now: number): void {
    if (!this.#isUsable) return
    const { version } = this.#credentials
    const hasNewContext = version !== this.#version && this.#useCertificates(version)
    const day = ticketDay(now)
    const dayKey = this.#credentials.ticketKey(day)
    if (!hasNewContext && day === this.#day && dayKey === this.#dayKey) return
    this.#day = day
    this.#dayKey = dayKey
    this.#server.setTicketKeys(ticketKeys(dayKey, this.#terms.context))
  }

  /** @returns whether clients without a name that fits are shown another certificate now, by a context that knows no ticket keys. */
  #useCertificates(version: number): boolean {
    this.#version = version
    const byName = certificatesOf(this.#terms.policy, this.#credentials)
    const byDefault = this.#default()
    this.#names = new CertificateNames(byName)
    this.#contexts.replace(byDefault === null ? byName : [...byName, byDefault])
    const shown = byDefault === null ? null : this.#contexts.of(byDefault.id)?.credential ?? null
    if (shown === this.#shown) return false
    this.#shown = shown
    this.#server.setSecureContext(contextOptions(this.#terms, shown))
    return true
  }

  #default(): Credential | null {
    const id = this.#terms.defaultCertificateId
    return id === null ? null : this.#credentials.get(id)
  }

  readonly #canServe = ({ id }: Credential): boolean => this.#contexts.of(id) !== null

  /** Without a context the handshake goes on with the default certificate, or fails for want of one. */
  #choose(name: string): SecureContext | undefined {
    const credential = this.#names.find(name, this.#canServe)
    return credential === null ? undefined : this.#contexts.of(credential.id)?.context
  }

  /** The certificate that a client which asks for this name is shown, and why that one. '' for a client that asks for none. */
  choiceFor(name: string): { by: 'name' | 'default' | 'nothing'; credential: Credential | null } {
    const named = name === '' ? null : this.#names.find(name, this.#canServe)
    if (named !== null) return { by: 'name', credential: this.#contexts.of(named.id)?.credential ?? null }
    const credential = this.#shown ?? null
    return { by: credential === null ? 'nothing' : 'default', credential }
  }
}

function isUsable(terms: TlsTerms): boolean {
  try {
    createSecureContext(contextOptions(terms, null))
    return true
  } catch {
    // The node says so where it reports what it serves.
    return false
  }
}

/** There is one open connection to a port from each address and port. */
function peerKey({ remoteAddress = '', remotePort = 0 }: net.Socket): string {
  return `${remoteAddress} ${remotePort}`
}
