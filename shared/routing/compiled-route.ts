import type { Route } from '../schema/route.ts'
import type { Identified } from '../schema/snapshot.ts'

/** A route that is served. There is one object per route and compiled configuration. */
export interface CompiledRoute {
  readonly id: string
  readonly name: string
  readonly route: Identified<Route>
  /** Place in `CompiledRoutes.routes`: callers keep what they add to a route in an array of their own. */
  readonly index: number
}

/** A route under one of its host criteria, as it is found by host and path. What host and path leave open is checked on it. */
export interface Candidate {
  /** Place in the total order of all candidates; the smallest that fits wins. */
  readonly rank: number
  readonly route: CompiledRoute
  /** Null: every method. */
  readonly methods: readonly string[] | null
}
