import type { SecureContext } from 'node:tls'
import type { Credential } from '../credential.ts'

/** A certificate as it is served, with its context. */
interface Served {
  readonly credential: Credential
  readonly context: SecureContext
}

/** What is known of one certificate. */
interface Place {
  readonly newest: Credential
  /** What serves where the newest pair cannot: the pair before, or its context where it has one already. */
  readonly before: Credential | Served | null
  /** undefined: nobody has asked for it yet. */
  served?: Served | null
}

/**
 * The TLS contexts of a listener's certificates, each made when it is first asked for: a listener may have thousands. A pair
 * that cannot be served leaves the one before in its place.
 */
export class CertificateContexts {
  readonly #make: (credential: Credential) => SecureContext
  #places = new Map<string, Place>()

  /** `make` throws for a pair that cannot be served. */
  constructor(make: (credential: Credential) => SecureContext) {
    this.#make = make
  }

  /** These are the certificates from now on. Contexts of pairs that are the same stay. */
  replace(credentials: Iterable<Credential>): void {
    const places = new Map<string, Place>()
    for (const credential of credentials) {
      const known = this.#places.get(credential.id)
      if (known === undefined) places.set(credential.id, { newest: credential, before: null })
      else places.set(credential.id, isSamePair(known.newest, credential) ? known : { newest: credential, before: known.served === undefined ? known.newest : known.served })
    }
    this.#places = places
  }

  /** How the certificate with this id is served; null when it cannot be. */
  of(id: string): Served | null {
    const place = this.#places.get(id)
    if (place === undefined) return null
    return (place.served ??= this.#serve(place))
  }

  #serve({ newest, before }: Place): Served | null {
    const served = this.#attempt(newest)
    if (served !== null || before === null) return served
    return 'context' in before ? before : this.#attempt(before)
  }

  #attempt(credential: Credential): Served | null {
    try {
      return { credential, context: this.#make(credential) }
    } catch {
      // The node says so where it reports what it serves.
      return null
    }
  }
}

function isSamePair(one: Credential, other: Credential): boolean {
  return one.certificatePem === other.certificatePem && one.privateKeyPem === other.privateKeyPem
}
