import type { Credential } from '../credential.ts'

/** Finds a certificate by the name that a client asks for: exact names first, then wildcards for one label (RFC 9525 section 6.3). */
export class CertificateNames {
  readonly #exact = new Map<string, Credential>()
  readonly #wildcards = new Map<string, Credential>()

  /** Of two certificates for the same name the first one is used. */
  constructor(credentials: readonly Credential[]) {
    for (const credential of credentials) for (const name of credential.names) this.#add(name.toLowerCase(), credential)
  }

  #add(name: string, credential: Credential): void {
    const isWildcard = name.startsWith('*.')
    const names = isWildcard ? this.#wildcards : this.#exact
    const key = isWildcard ? name.slice(1) : name
    if (!names.has(key)) names.set(key, credential)
  }

  /** `name` in any letter case. */
  find(name: string): Credential | null {
    const lower = name.toLowerCase()
    const dot = lower.indexOf('.')
    return this.#exact.get(lower) ?? (dot > 0 ? this.#wildcards.get(lower.slice(dot)) : undefined) ?? null
  }
}
