import type { Route } from '../schema/route.ts'
import type { Identified, SnapshotContent } from '../schema/snapshot.ts'
import type { Candidate, CompiledRoute } from './compiled-route.ts'
import type { CompiledRoutes, RouteTable } from './compiled-routes.ts'
import { type HostPattern, parseHostPattern } from './host-pattern.ts'
import { comparePrecedence, type Precedence, precedenceOf } from './precedence.ts'
import { addToTable, createTable } from './route-table.ts'

interface Entry {
  compiled: CompiledRoute
  host: HostPattern
  precedence: Precedence
}

/**
 * Makes the form that matchRoute() searches. Disabled routes and listeners are left out; so are routes with
 * criteria that are not matched yet, which validated content does not have.
 */
export function compileRoutes(content: SnapshotContent): CompiledRoutes {
  const routes = content.routes.filter((route) => route.enabled && isMatchable(route)).map(compiledRoute)
  const entries = routes.flatMap(entriesOf)
  entries.sort((left, right) => comparePrecedence(left.precedence, right.precedence))

  const listeners = new Map<string, RouteTable | null>()
  for (const listener of content.listeners) if (listener.enabled) listeners.set(listener.id, null)
  let shared: RouteTable | null = null
  for (const [rank, { compiled, host }] of entries.entries()) {
    const { match, listenerIds } = compiled.route
    const candidate: Candidate = { rank, route: compiled, methods: match.methods.length > 0 ? match.methods : null }
    if (listenerIds.length === 0) addToTable((shared ??= createTable()), host, match.path, candidate)
    for (const id of listenerIds) {
      const table = listeners.get(id)
      if (table === undefined) continue
      const own = table ?? createTable()
      listeners.set(id, own)
      addToTable(own, host, match.path, candidate)
    }
  }
  return { routes, listeners, shared }
}

function compiledRoute(route: Identified<Route>, index: number): CompiledRoute {
  return { id: route.id, name: route.name, route, index }
}

/** One entry for each host criterion: they differ in precedence. */
function entriesOf(compiled: CompiledRoute): Entry[] {
  const { route } = compiled
  const hosts = route.match.hosts.length > 0 ? route.match.hosts : ['*']
  return hosts.flatMap((text) => {
    const host = parseHostPattern(text)
    return host === null ? [] : [{ compiled, host, precedence: precedenceOf(route, host) }]
  })
}

/** A criterion that is not understood must never be taken as one that is not there. */
function isMatchable(route: Identified<Route>): boolean {
  const { path, headers, query, websocket } = route.match
  const isLiteralPath = path === undefined || path.type === 'exact' || path.type === 'prefix'
  return isLiteralPath && headers.length === 0 && query.length === 0 && websocket === undefined && route.tenantCode === undefined
}
