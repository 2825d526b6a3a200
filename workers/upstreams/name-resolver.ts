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
  /** The last look-up took long and failed. */
  isSlow: boolean
  readonly waiting: (() => void)[]
}

/** A look-up that takes longer makes its name a slow one. */
const SLOW_MS = 500
const RETRY_MS = 2_000

/** One look-up at a time. Names that are slow wait in a line of their own, so that they hold up only each other. */
interface Line {
  readonly waiting: ResolvedName[]
  isBusy: boolean
}

/**
 * Knows the addresses of targets. Names are looked up in the background, never for a request; the last good answer is kept
 * when a look-up fails. `lookUp` and `clock` are given by tests.
 */
export class NameResolver {
  readonly #names = new Map<string, ResolvedName>()
  readonly #quick: Line = { waiting: [], isBusy: false }
  readonly #slow: Line = { waiting: [], isBusy: false }
  readonly #lookUp: (name: string) => Promise<NameAnswer>
  readonly #clock: () => number

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
    const entry: ResolvedName = { name, isLiteral, addresses: isLiteral ? [literal] : [], error: null, refreshAt: Infinity, isPending: false, isSlow: false, waiting: [] }
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
    const line = entry.isSlow ? this.#slow : this.#quick
    line.waiting.push(entry)
    this.#next(line)
  }

  #next(line: Line): void {
    if (line.isBusy) return
    const entry = line.waiting.shift()
    if (entry === undefined) return
    line.isBusy = true
    const begunAt = this.#clock()
    let hasLeft = false
    const leave = (): void => {
      if (!hasLeft) this.#leave(line)
      hasLeft = true
    }
    // From then on it is slow; those that wait behind it go on.
    const timer = line === this.#quick ? setTimeout(leave, SLOW_MS) : undefined
    void this.#ask(entry.name).then(({ addresses, ttlMs, error }) => {
      clearTimeout(timer)
      // One that is known in the end only waited, most likely for others.
      entry.isSlow = addresses.length === 0 && this.#clock() - begunAt > SLOW_MS
      this.#answered(entry, addresses, ttlMs, error)
      leave()
    })
  }

  async #ask(name: string): Promise<NameAnswer & { error: string | null }> {
    try {
      return { ...await this.#lookUp(name), error: null }
    } catch (error) {
      return { addresses: [], ttlMs: RETRY_MS, error: (error as NodeJS.ErrnoException).code ?? (error as Error).message }
    }
  }

  #leave(line: Line): void {
    line.isBusy = false
    this.#next(line)
  }

  #answered(entry: ResolvedName, addresses: string[], ttlMs: number, error: string | null): void {
    entry.isPending = false
    entry.error = addresses.length === 0 ? (error ?? 'NO_ADDRESS') : null
    entry.refreshAt = this.#clock() + ttlMs
    if (addresses.length > 0) entry.addresses = addresses
    for (const go of entry.waiting.splice(0)) go()
  }
}
