import type { CompiledRoutes } from '../../shared/routing/compiled-routes.ts'
import type { Listener } from '../../shared/schema/listener.ts'
import type { Identified } from '../../shared/schema/snapshot.ts'
import type { InFlightCounts } from '../state/shared-counters.ts'
import type { TargetPool } from '../upstreams/target-pool.ts'

/** A target as requests use it. Its pool and counter are state and outlive the Runtime. */
export class RuntimeTarget {
  readonly id: string
  readonly pool: TargetPool
  /** Host header for the target. */
  readonly hostHeader: string
  readonly #row: number
  readonly #counts: InFlightCounts

  constructor(id: string, pool: TargetPool, hostHeader: string, row: number, counts: InFlightCounts) {
    this.id = id
    this.pool = pool
    this.hostHeader = hostHeader
    this.#row = row
    this.#counts = counts
  }

  /** Requests in flight on the whole node. */
  get inFlight(): number {
    return this.#counts.sum(this.#row)
  }

  enter(): void {
    this.#counts.add(this.#row)
  }

  leave(): void {
    this.#counts.remove(this.#row)
  }
}

export interface RuntimeRoute {
  /** Enabled targets of the route's upstream; empty when it has none. */
  readonly targets: readonly RuntimeTarget[]
  readonly connectMs: number
  readonly activityMs: number
  /** 0: none. */
  readonly totalMs: number
  /** Replaces the listener's limit; null when the route has none. 0: no limit. */
  readonly maxRequestBodyBytes: number | null
}

/** What one thread compiled from a snapshot. Immutable; replaced as a whole. */
export interface Runtime {
  readonly revision: number
  readonly routes: CompiledRoutes
  /** By CompiledRoute.index. */
  readonly actions: readonly RuntimeRoute[]
  /** Enabled http listeners by endpointKey(). */
  readonly listeners: ReadonlyMap<string, Identified<Listener>>
}

/** How a listener's socket and its configuration find each other. */
export function endpointKey(endpoint: { address: string; port: number }): string {
  return `${endpoint.address}|${endpoint.port}`
}
