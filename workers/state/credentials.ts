import type { Credential, NodeSecrets } from '../credential.ts'

/** What a thread may know that nobody else may. It is live: no publish changes it, and no rollback. */
export class Credentials {
  #byId: ReadonlyMap<string, Credential> = new Map()
  /** The key that all nodes share; null while there is none. A new one is another object. */
  fleetKey: Buffer | null = null

  /** A certificate. */
  get(id: string): Credential | null {
    return this.#byId.get(id) ?? null
  }

  replace({ certificates, fleetKey }: NodeSecrets): void {
    this.#byId = new Map(certificates.map((credential) => [credential.id, credential]))
    if (fleetKey !== (this.fleetKey?.toString('base64') ?? null)) this.fleetKey = fleetKey === null ? null : Buffer.from(fleetKey, 'base64')
  }
}
