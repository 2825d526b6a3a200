import { randomBytes } from 'node:crypto'
import { ReadBuffers } from '../http1/read-buffer.ts'
import { NameResolver } from '../upstreams/name-resolver.ts'
import { TargetPool } from '../upstreams/target-pool.ts'
import type { InFlightCounts } from './shared-counters.ts'

/** What one thread counts. Plain numbers, read by stats(). */
export interface ThreadCounts {
  requests: number
  inFlight: number
  byCode: Record<string, number>
}

/** Everything of a thread that survives configurations: pools, names, buffers, counters, its coarse clock. */
export class ThreadState {
  /** Monotonic milliseconds, a tick old at most; read instead of asking the system for every request. */
  now = performance.now()
  readonly buffers = new ReadBuffers()
  readonly names = new NameResolver()
  readonly counts: InFlightCounts
  readonly counted: ThreadCounts = { requests: 0, inFlight: 0, byCode: Object.create(null) as Record<string, number> }
  readonly #pools = new Map<string, TargetPool>()
  readonly #idPrefix = randomBytes(8).toString('hex')
  #nextId = 0

  constructor(counts: InFlightCounts) {
    this.counts = counts
  }

  /** Unique on every node and thread. */
  requestId(): string {
    return `${this.#idPrefix}-${(this.#nextId++).toString(36)}`
  }

  countFailure(code: string): void {
    this.counted.byCode[code] = (this.counted.byCode[code] ?? 0) + 1
  }

  pool(key: string, host: string, port: number): TargetPool {
    const known = this.#pools.get(key)
    if (known !== undefined) return known
    const pool = new TargetPool(this.buffers, this.names.entry(host, this.now), port)
    this.#pools.set(key, pool)
    return pool
  }

  /** Lets go of the pools that no target of the current Runtime uses; requests on them end as they are. */
  keepOnly(used: ReadonlySet<TargetPool>): void {
    for (const [key, pool] of this.#pools) {
      if (used.has(pool)) continue
      this.#pools.delete(key)
      pool.retire()
    }
    this.names.keepOnly(new Set([...used].map((pool) => pool.name.name)))
  }

  originConnections(): number {
    let open = 0
    for (const pool of this.#pools.values()) open += pool.open
    return open
  }

  /** One tick of the clock. */
  sweep(): void {
    this.now = performance.now()
    this.names.refresh(this.now)
    for (const pool of this.#pools.values()) pool.sweep(this.now)
  }

  close(): void {
    this.keepOnly(new Set())
  }
}
