import type { TicketKey } from '../../shared/schema/sealed.ts'
import type { Credential, NodeSecrets } from '../credential.ts'

/** What a thread may know that nobody else may. It is live: no publish changes it, and no rollback. */
export class Credentials {
  #byId: ReadonlyMap<string, Credential> = new Map()
  /** Counts the changes. */
  version = 0
  /** The key that all nodes share; null while there is none. A new one is another object. */
  fleetKey: Buffer | null = null

  #secrets: ReadonlyMap<string, string> = new Map()
  #ticketKeys: readonly TicketKey[] = []

  /** Those that came by ACME. */
  byAcme(): Credential[] {
    return [...this.#byId.values()].filter(({ byAcme }) => byAcme)
  }

  /** A certificate. */
  get(id: string): Credential | null {
    return this.#byId.get(id) ?? null
  }

  /** The value of a secret; null while it is not there. */
  secret(name: string): string | null {
    return this.#secrets.get(name) ?? null
  }

  /** In base64: what session tickets of that day are sealed with; null while it is not there. */
  ticketKey(day: number): string | null {
    return this.#ticketKeys.find((one) => one.day === day)?.key ?? null
  }

  replace({ certificates, fleetKey, ticketKeys = [], secrets = [] }: NodeSecrets): void {
    this.version++
    this.#ticketKeys = ticketKeys
    this.#secrets = new Map(secrets.map(({ name, value }) => [name, value]))
    this.#byId = new Map(certificates.map((credential) => [credential.id, credential]))
    if (fleetKey !== (this.fleetKey?.toString('base64') ?? null)) this.fleetKey = fleetKey === null ? null : Buffer.from(fleetKey, 'base64')
  }
}
