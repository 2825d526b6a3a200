import type net from 'node:net'
import { createSecureContext, createServer, type SecureContext, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls'
import type { Credential } from '../credential.ts'
import type { Credentials } from '../state/credentials.ts'
import { CertificateNames } from './certificate-names.ts'
import { ticketDay, ticketKeys } from './ticket-keys.ts'
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
 * connections that are open keep theirs.
 */
export class TlsServer {
  readonly #terms: TlsTerms
  readonly #credentials: Credentials
  readonly #server: Server
  readonly #handshakes = new Map<string, HandshakeUser>()
  readonly #contexts = new Map<string, SecureContext>()
  #names = new CertificateNames([])
  #version = -1
  #day = -1
  #fleetKey: Buffer | null = null

  constructor(terms: TlsTerms, credentials: Credentials) {
    this.#terms = terms
    this.#credentials = credentials
    const { policy, protocols, context } = terms
    const { mode } = policy.clientAuth
    this.#server = createServer({
      ...this.#contextOptions(null),
      ALPNProtocols: [...protocols],
      SNICallback: (name, done) => this.#choose(name, done),
      handshakeTimeout: HANDSHAKE_MS,
      requestCert: mode !== 'none',
      rejectUnauthorized: mode === 'require',
      sessionIdContext: context
    })
    this.#server.on('secureConnection', (socket) => this.#take(socket)?.onSecure(socket))
    this.#server.on('tlsClientError', (error, socket) => this.#take(socket)?.onHandshakeFailed(error))
    this.refresh(Date.now())
  }

  /** Begins a handshake on an accepted connection. */
  accept(raw: net.Socket, user: HandshakeUser): void {
    const key = peerKey(raw)
    this.#handshakes.set(key, user)
    // The same client may be here again from the same port already.
    raw.once('close', () => this.#handshakes.get(key) === user && this.#handshakes.delete(key))
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
    const { version, fleetKey } = this.#credentials
    if (version !== this.#version) this.#useCertificates(version)
    const day = ticketDay(now)
    if (day === this.#day && fleetKey === this.#fleetKey) return
    this.#day = day
    this.#fleetKey = fleetKey
    this.#server.setTicketKeys(ticketKeys(fleetKey, day, this.#terms.context))
  }

  #useCertificates(version: number): void {
    this.#version = version
    this.#contexts.clear()
    this.#names = new CertificateNames([...this.#terms.certificateIds.flatMap((id) => this.#credentials.get(id) ?? []), ...this.#byAcme()])
    this.#server.setSecureContext(this.#contextOptions(this.#default()))
  }

  /** What came by ACME serves the names that the policy gives, or those of any route. */
  #byAcme(): Credential[] {
    const { enabled, domains, fromRoutes } = this.#terms.policy.acme
    return enabled ? this.#credentials.byAcme().filter(({ names }) => fromRoutes || names.some((name) => domains.includes(name))) : []
  }

  #default(): Credential | null {
    const id = this.#terms.defaultCertificateId
    return id === null ? null : this.#credentials.get(id)
  }

  /** Without a context the handshake goes on with the default certificate, or fails for want of one. */
  #choose(name: string, done: (error: Error | null, context?: SecureContext) => void): void {
    const credential = this.#names.find(name)
    if (credential === null) return done(null)
    try {
      done(null, this.#contextOf(credential))
    } catch (error) {
      done(error as Error)
    }
  }

  /** Made when it is first asked for: a listener may have thousands. */
  #contextOf(credential: Credential): SecureContext {
    const known = this.#contexts.get(credential.id)
    if (known !== undefined) return known
    const context = createSecureContext(this.#contextOptions(credential))
    this.#contexts.set(credential.id, context)
    return context
  }

  #contextOptions(credential: Credential | null): SecureContextOptions {
    const { minVersion, maxVersion, ciphers, clientAuth } = this.#terms.policy
    return {
      minVersion,
      maxVersion,
      honorCipherOrder: true,
      sessionIdContext: this.#terms.context,
      ...(ciphers === undefined ? {} : { ciphers }),
      ...(clientAuth.caPem === undefined ? {} : { ca: clientAuth.caPem }),
      ...(credential === null ? {} : { cert: credential.certificatePem, key: credential.privateKeyPem })
    }
  }

  /** The certificate that a client which asks for this name is shown, and why that one. '' for a client that asks for none. */
  choiceFor(name: string): { by: 'name' | 'default' | 'nothing'; credential: Credential | null } {
    const named = name === '' ? null : this.#names.find(name)
    if (named !== null) return { by: 'name', credential: named }
    const credential = this.#default()
    return { by: credential === null ? 'nothing' : 'default', credential }
  }
}

/** There is one open connection to a port from each address and port. */
function peerKey({ remoteAddress = '', remotePort = 0 }: net.Socket): string {
  return `${remoteAddress} ${remotePort}`
}
