import { lookup } from 'node:dns'
import { isIP } from 'node:net'

const REFRESH_MS = 10_000

/** What is known of a host name. `addresses` is the last good answer; empty until there is one. */
export interface ResolvedName {
  readonly name: string
  /** An IP address needs no look-up. */
  readonly isLiteral: boolean
  addresses: string[]
  /** Why the last look-up failed, or null. */
  error: string | null
  lookedUpAt: number
  isPending: boolean
  readonly waiting: (() => void)[]
}

/** Resolves the names of targets in the background (getaddrinfo, so that hosts files work), never for a request. */
export class NameResolver {
  readonly #names = new Map<string, ResolvedName>()

  /** The entry of a name or IP address; a new name is looked up at once. */
  entry(name: string, now: number): ResolvedName {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    const literal = name.startsWith('[') ? name.slice(1, -1) : name
    const isLiteral = isIP(literal) !== 0
    const entry: ResolvedName = { name, isLiteral, addresses: isLiteral ? [literal] : [], error: null, lookedUpAt: now, isPending: false, waiting: [] }
    this.#names.set(name, entry)
    if (!isLiteral) this.#lookUp(entry, now)
    return entry
  }

  /** Looks names up again whose answer is old; called by the thread's clock. */
  refresh(now: number): void {
    for (const entry of this.#names.values()) {
      if (!entry.isLiteral && !entry.isPending && now - entry.lookedUpAt >= REFRESH_MS) this.#lookUp(entry, now)
    }
  }

  /** Forgets names that no target has. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#names.keys()) if (!names.has(name)) this.#names.delete(name)
  }

  #lookUp(entry: ResolvedName, now: number): void {
    entry.isPending = true
    lookup(entry.name, { all: true }, (error, found) => {
      entry.isPending = false
      entry.lookedUpAt = now
      entry.error = error === null ? null : (error.code ?? error.message)
      if (error === null && found.length > 0) entry.addresses = found.map(({ address }) => address)
      for (const go of entry.waiting.splice(0)) go()
    })
  }
}
