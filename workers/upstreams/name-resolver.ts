import { isIP } from 'node:net'
import { type NameAnswer, lookUpName } from './look-up-name.ts'

/** What is known of a host name. `addresses` is the last good answer; empty until there is one. */
export interface ResolvedName {
  readonly name: string
  /** An IP address needs no look-up. */
  readonly isLiteral: boolean
  addresses: string[]
  /** Why the last look-up failed, or null. */
  error: string | null
  refreshAt: number
  isPending: boolean
  readonly waiting: (() => void)[]
}

/** Look-ups of a thread at the same time: a slow name server must not take all of the process' helper threads. */
const MOST_AT_ONCE = 2
const RETRY_MS = 10_000

/**
 * Knows the addresses of targets. Names are looked up in the background, never for a request; the last good answer is kept
 * when a look-up fails. `lookUp` and `clock` are given by tests.
 */
export class NameResolver {
  readonly #names = new Map<string, ResolvedName>()
  readonly #queue: ResolvedName[] = []
  readonly #lookUp: (name: string) => Promise<NameAnswer>
  readonly #clock: () => number
  #running = 0

  constructor(clock: () => number, lookUp: (name: string) => Promise<NameAnswer> = lookUpName) {
    this.#clock = clock
    this.#lookUp = lookUp
  }

  /** The entry of a name or IP address; a new name is looked up at once. */
  entry(name: string): ResolvedName {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    const literal = name.startsWith('[') ? name.slice(1, -1) : name
    const isLiteral = isIP(literal) !== 0
    const entry: ResolvedName = { name, isLiteral, addresses: isLiteral ? [literal] : [], error: null, refreshAt: Infinity, isPending: false, waiting: [] }
    this.#names.set(name, entry)
    if (!isLiteral) this.#begin(entry)
    return entry
  }

  /** Looks names up again whose answer is old; called by the thread's clock. */
  refresh(now: number): void {
    for (const entry of this.#names.values()) if (now >= entry.refreshAt && !entry.isPending) this.#begin(entry)
  }

  /** Forgets names that no target has. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#names.keys()) if (!names.has(name)) this.#names.delete(name)
  }

  #begin(entry: ResolvedName): void {
    entry.isPending = true
    this.#queue.push(entry)
    this.#next()
  }

  #next(): void {
    while (this.#running < MOST_AT_ONCE) {
      const entry = this.#queue.shift()
      if (entry === undefined) return
      this.#running++
      void this.#lookUp(entry.name).then((answer) => this.#answered(entry, answer.addresses, answer.ttlMs, null), (error: Error) => this.#answered(entry, [], RETRY_MS, (error as NodeJS.ErrnoException).code ?? error.message))
    }
  }

  #answered(entry: ResolvedName, addresses: string[], ttlMs: number, error: string | null): void {
    this.#running--
    entry.isPending = false
    entry.error = addresses.length === 0 ? (error ?? 'NO_ADDRESS') : null
    entry.refreshAt = this.#clock() + ttlMs
    if (addresses.length > 0) entry.addresses = addresses
    for (const go of entry.waiting.splice(0)) go()
    this.#next()
  }
}
