import type { Candidate, CompiledRoute } from './compiled-route.ts'
import type { CompiledRoutes } from './compiled-routes.ts'
import { searchTable } from './route-table.ts'

/**
 * The route that wins for a request, or null when none fits (also on a listener that is not served).
 * `host` is lower-case ASCII without port, IPv6 in brackets; `hostPort` the port of the Host header, or the
 * scheme's own; `path` comes from normalizePath(); `method` as received.
 * Costs about the length of host and path, whatever the number of routes, and allocates nothing.
 */
export function matchRoute(compiled: CompiledRoutes, listenerId: string, host: string, hostPort: number, path: string, method: string): CompiledRoute | null {
  const own = compiled.listeners.get(listenerId)
  if (own === undefined) return null
  let best: Candidate | null = null
  if (own !== null) best = searchTable(own, host, hostPort, path, method, best)
  if (compiled.shared !== null) best = searchTable(compiled.shared, host, hostPort, path, method, best)
  return best === null ? null : best.route
}
