import type { CandidateChange } from './candidate-change.ts'
import type { CompiledRoute } from './compiled-route.ts'
import type { CompiledRoutes, RouteTable } from './compiled-routes.ts'
import { isGuarded } from '../policies/find-policy.ts'
import { guardedMatch, guardedSpellings } from './guarded-match.ts'
import { hostPatterns } from './host-pattern.ts'
import { methodCriteria } from './method-fits.ts'
import { OwnCopies } from './own-copies.ts'
import type { RankedRoute } from './ranked-route.ts'
import { compileCriteria } from './route-criteria.ts'
import { changeTable } from './route-table.ts'

/**
 * Makes the successor of compiled routes, which stay as they are and in service; what does not change is shared.
 * It may take many calls with pauses between them. Ranks are compared as they are, so every route must have been
 * ranked by the same RouteOrder; after it renumbered, all routes must be added again before finish().
 */
export interface RouteEdit {
  /** Does nothing when there is no such route. */
  remove(routeId: string): void
  /** Takes the place of the route with the same id, if any. */
  add(ranked: RankedRoute): void
  /** The listeners that are enabled, all of them; those of the base otherwise. */
  setListeners(enabledIds: readonly string[]): void
  /** The edit may go on afterwards: then with this as its base. */
  finish(): CompiledRoutes
}

export function editRoutes(base: CompiledRoutes): RouteEdit {
  const copies = new OwnCopies()
  let { routes, byId, named, shared, guarded } = base
  let enabled: readonly string[] = [...base.listeners.keys()]

  function change(kind: CandidateChange['kind'], compiled: CompiledRoute): void {
    const { listenerIds, tenantCode } = compiled.route
    const match = compiled.isGuarded ? guardedMatch(compiled.route.match) : compiled.route.match
    const paths = compiled.isGuarded ? guardedSpellings(match.path) : [match.path]
    if (compiled.isGuarded) guarded += kind === 'add' ? 1 : -1
    const { methods, takesPreflights } = methodCriteria(compiled.route)
    for (const [place, host] of hostPatterns(match.hosts).entries()) {
      const candidate = { rank: compiled.ranks[place]!, route: compiled, index: compiled.index, isExact: match.path?.type === 'exact', methods, takesPreflights, criteria: compiled.criteria }
      for (const path of paths) {
        const edit = { kind, candidate, tenantCode, host, path, copies }
        if (listenerIds.length === 0) shared = changeTable(shared, edit)
        for (const id of listenerIds) named = copies.withKey(named, id, changeTable(named?.get(id) ?? null, edit))
      }
    }
  }

  function remove(routeId: string): void {
    const compiled = byId.get(routeId)
    if (compiled === undefined) return
    change('remove', compiled)
    byId = copies.withKey(byId, routeId, null) ?? new Map()
    // Another route may have been given the index already.
    if (routes[compiled.index] === compiled) routes = withRoute(routes, compiled.index, null, copies)
  }

  function add({ route, index, ranks }: RankedRoute): void {
    remove(route.id)
    const isUnderGuard = isGuarded(route)
    const compiled: CompiledRoute = { id: route.id, name: route.name, route, index, ranks, criteria: compileCriteria(isUnderGuard ? guardedMatch(route.match) : route.match), isGuarded: isUnderGuard }
    change('add', compiled)
    byId = copies.withKey(byId, route.id, compiled) ?? byId
    routes = withRoute(routes, index, compiled, copies)
  }

  function finish(): CompiledRoutes {
    copies.release()
    const listeners = new Map<string, RouteTable | null>()
    for (const id of enabled) listeners.set(id, named?.get(id) ?? null)
    return { routes, byId, listeners, named, shared, guarded }
  }

  function setListeners(enabledIds: readonly string[]): void {
    enabled = enabledIds
  }

  return { remove, add, setListeners, finish }
}

/** The list with this route at the index, as long as it has to be. */
function withRoute(routes: CompiledRoutes['routes'], index: number, compiled: CompiledRoute | null, copies: OwnCopies): CompiledRoutes['routes'] {
  const own = copies.list(routes)
  while (own.length <= index) own.push(null)
  own[index] = compiled
  while (own.length > 0 && own.at(-1) === null) own.pop()
  return own
}
