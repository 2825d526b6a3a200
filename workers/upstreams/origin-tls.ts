import { isIP } from 'node:net'
import { checkServerIdentity, createSecureContext, type ConnectionOptions, type SecureContext } from 'node:tls'

/** How an https target is verified, and what the gateway shows it. */
export interface OriginTlsOptions {
  verify: boolean
  /** Sent as SNI and checked against the certificate. An IP address is only checked. */
  name: string
  /** PEM of the authorities to trust instead of the built-in ones; '' for those. */
  caPem: string
  /** PEM of the certificate, with its chain, and of the key; null shows none. */
  client: { certificate: string; key: string } | null
}

/** The TLS side of the connections of one thread to one target: one context for all, and the last session to resume. */
export class OriginTls {
  readonly #name: string
  readonly #verify: boolean
  readonly #context: SecureContext
  #session: Buffer | undefined

  /** Throws when a PEM text cannot be read. */
  constructor(options: OriginTlsOptions) {
    this.#name = options.name.startsWith('[') ? options.name.slice(1, -1) : options.name
    this.#verify = options.verify
    this.#context = createSecureContext({
      minVersion: 'TLSv1.2',
      ...(options.caPem === '' ? {} : { ca: options.caPem }),
      ...(options.client === null ? {} : { cert: options.client.certificate, key: options.client.key })
    })
  }

  /** Options of tls.connect(). The name that is sent and verified is the target's, not the address that is connected to. */
  connectOptions(): ConnectionOptions {
    return {
      secureContext: this.#context,
      rejectUnauthorized: this.#verify,
      ALPNProtocols: ['http/1.1'],
      // An IP address is not sent as a server name (RFC 6066 section 3).
      servername: isIP(this.#name) === 0 ? this.#name : '',
      checkServerIdentity: (_address, certificate) => checkServerIdentity(this.#name, certificate),
      ...(this.#session === undefined ? {} : { session: this.#session })
    }
  }

  keepSession(session: Buffer): void {
    this.#session = session
  }

  /** A session that was not taken is not offered again. */
  forgetSession(): void {
    this.#session = undefined
  }
}
