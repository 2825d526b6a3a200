import type { Route } from '../schema/route.ts'
import type { Identified } from '../schema/snapshot.ts'

/** A route with its place among all routes. Plain data: one thread ranks, the others are sent the outcome. */
export interface RankedRoute {
  readonly route: Identified<Route>
  /** Place in `CompiledRoutes.routes`; small, and the same as long as the route is served. */
  readonly index: number
  /** For each of hostPatterns(): the place in the total order of all candidates; smaller wins. */
  readonly ranks: readonly number[]
}
