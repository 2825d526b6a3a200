import type { MethodCriteria } from './method-fits.ts'
import type { RankedRoute } from './ranked-route.ts'
import type { RouteCriteria } from './route-criteria.ts'

/** A route that is served. There is one object per version of a route and thread; callers keep what they add to it in arrays of their own, by `index`. */
export interface CompiledRoute extends RankedRoute {
  readonly id: string
  readonly name: string
  /** Null: what the tables say is all. */
  readonly criteria: RouteCriteria | null
  /** Found under more spellings of its path than others. */
  readonly isGuarded: boolean
}

/** A route under one of its host criteria, as it is found by host and path. What host and path leave open is checked on it. */
export interface Candidate extends MethodCriteria {
  /** Place in the total order of all candidates; the smallest that fits wins. */
  readonly rank: number
  readonly route: CompiledRoute
  /** That of the route: who has found it needs no more of it. */
  readonly index: number
  /** Asks for the whole path and not for its beginning. */
  readonly isExact: boolean
  /** Those of the route. */
  readonly criteria: RouteCriteria | null
}
