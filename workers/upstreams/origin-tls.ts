import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { checkServerIdentity, createSecureContext, type ConnectionOptions, type SecureContext } from 'node:tls'
import type { Credential } from '../credential.ts'

/** How an https target is verified, and what the gateway shows it. */
export interface OriginTlsOptions {
  verify: boolean
  /** Sent as SNI and checked against the certificate. An IP address is only checked. */
  name: string
  /** PEM of the authorities to trust instead of the built-in ones; '' for those. */
  caPem: string
  /** The certificate that is shown, as it is now; null when it is not there. Without one, none is shown. */
  client?: () => Credential | null
}

const CERTIFICATE = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----[^-]*-----END [A-Z0-9 ]*CERTIFICATE-----/g

/** Node passes over what it cannot read, and then nobody would be trusted. */
function checkAuthorities(caPem: string): void {
  const certificates = caPem.match(CERTIFICATE)
  if (certificates === null) throw new Error('caPem holds no certificate')
  for (const certificate of certificates) new X509Certificate(certificate)
}

/** The TLS side of the connections of one thread to one target: one context for all, and the last session to resume. */
export class OriginTls {
  readonly #name: string
  readonly #verify: boolean
  readonly #caPem: string
  readonly #client: (() => Credential | null) | null
  #context: SecureContext | null
  #fingerprint = ''
  #session: Buffer | undefined

  /** Throws when `caPem` cannot be read. */
  constructor(options: OriginTlsOptions) {
    if (options.caPem !== '') checkAuthorities(options.caPem)
    this.#name = options.name.startsWith('[') ? options.name.slice(1, -1) : options.name
    this.#verify = options.verify
    this.#caPem = options.caPem
    this.#client = options.client ?? null
    this.#context = this.#client === null ? this.#contextWith(null) : null
  }

  /** Whether a connection can be made: not without the certificate that is to be shown. */
  get isReady(): boolean {
    this.#renew()
    return this.#context !== null
  }

  /** Takes a certificate over that was stored anew; connections that are open keep theirs. */
  #renew(): void {
    if (this.#client === null) return
    const credential = this.#client()
    const fingerprint = credential?.fingerprint256 ?? ''
    if (fingerprint === this.#fingerprint) return
    this.#fingerprint = fingerprint
    try {
      this.#context = credential === null ? null : this.#contextWith(credential)
    } catch {
      // A pair that OpenSSL does not take is as good as none.
      this.#context = null
    }
    this.#session = undefined
  }

  #contextWith(credential: Credential | null): SecureContext {
    return createSecureContext({
      minVersion: 'TLSv1.2',
      ...(this.#caPem === '' ? {} : { ca: this.#caPem }),
      ...(credential === null ? {} : { cert: credential.certificatePem, key: credential.privateKeyPem })
    })
  }

  /** Options of tls.connect(), only when isReady. The name that is sent and verified is the target's, not the address that is connected to. */
  connectOptions(): ConnectionOptions {
    return {
      secureContext: this.#context!,
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
