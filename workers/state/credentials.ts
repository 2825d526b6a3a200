import type { Credential } from '../credential.ts'

/** The certificates that a thread may use, by their id. They are live: no publish changes them, and no rollback. */
export class Credentials {
  #byId: ReadonlyMap<string, Credential> = new Map()

  get(id: string): Credential | null {
    return this.#byId.get(id) ?? null
  }

  replace(credentials: readonly Credential[]): void {
    this.#byId = new Map(credentials.map((credential) => [credential.id, credential]))
  }
}
