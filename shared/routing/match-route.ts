import { haveSameGuard } from '../policies/find-policy.ts'
import type { Candidate, CompiledRoute } from './compiled-route.ts'
import type { CompiledRoutes } from './compiled-routes.ts'
import { looseReading } from './loose-path.ts'
import { LooseRequest } from './loose-request.ts'
import type { MatchRequest } from './match-request.ts'
import { searchTable } from './route-table.ts'

/** No route may have the request: its path means one guarded route as it is written, and a forgiving origin reads it as another's. */
export const AMBIGUOUS = 'ambiguous'

/** The route that wins for a request, or null when none does; see matchCandidate(). */
export function matchRoute(compiled: CompiledRoutes, listenerId: string, request: MatchRequest): CompiledRoute | null {
  const found = matchCandidate(compiled, listenerId, request)
  return found === null || found === AMBIGUOUS ? null : found.route
}

/**
 * The candidate that wins for a request, or null when none fits (also on a listener that is not served).
 * Costs about the length of host and path, whatever the number of routes, and allocates nothing where routes ask for
 * nothing but host, literal path and method. Path patterns cost one small string a segment; each expression that could
 * win is tried. A path that a forgiving origin would read in another way is read in that way too: when a guarded route
 * wins then, it has the request, unless another guard was to be passed as well.
 */
export function matchCandidate(compiled: CompiledRoutes, listenerId: string, request: MatchRequest): Candidate | typeof AMBIGUOUS | null {
  const strict = search(compiled, listenerId, request)
  if (compiled.guarded === 0) return strict
  const loosePath = looseReading(request.path)
  if (loosePath === request.path) return strict
  const loose = search(compiled, listenerId, new LooseRequest(request, loosePath))
  if (loose === null || !loose.route.isGuarded) return strict
  if (strict === null || !strict.route.isGuarded) return loose
  return haveSameGuard(strict.route.route, loose.route.route) ? strict : AMBIGUOUS
}

function search(compiled: CompiledRoutes, listenerId: string, request: MatchRequest): Candidate | null {
  const own = compiled.listeners.get(listenerId)
  if (own === undefined) return null
  let best: Candidate | null = null
  if (own !== null) best = searchTable(own, request, best)
  return compiled.shared === null ? best : searchTable(compiled.shared, request, best)
}
