import type { Credential } from '../credential.ts'

/** Finds a certificate by the name that a client asks for: exact names first, then wildcards for one label (RFC 9525 section 6.3). */
export class CertificateNames {
  readonly #exact = new Map<string, Credential[]>()
  readonly #wildcards = new Map<string, Credential[]>()

  constructor(credentials: readonly Credential[]) {
    for (const credential of credentials) for (const name of credential.names) this.#add(name.toLowerCase(), credential)
  }

  #add(name: string, credential: Credential): void {
    const isWildcard = name.startsWith('*.')
    const names = isWildcard ? this.#wildcards : this.#exact
    const key = isWildcard ? name.slice(1) : name
    const known = names.get(key)
    if (known === undefined) names.set(key, [credential])
    else known.push(credential)
  }

  /** `name` in any letter case. Of several certificates for the same name the first one that can be served is used. */
  find(name: string, canServe: (credential: Credential) => boolean): Credential | null {
    const lower = name.toLowerCase()
    const dot = lower.indexOf('.')
    return this.#exact.get(lower)?.find(canServe) ?? (dot > 0 ? this.#wildcards.get(lower.slice(dot))?.find(canServe) : undefined) ?? null
  }
}
