import { canonicalRule } from '../../routing/rules/canonical-rule.ts'
import { sampleOfBoth } from '../../routing/sample-of-both.ts'
import { sampleText } from '../../routing/sample-request.ts'
import type { Route } from '../../schema/route.ts'
import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { Identified, SnapshotContent } from '../../schema/snapshot.ts'
import { canonicalJson } from '../canonical.ts'

/**
 * Two enabled routes are in conflict when only their ids would decide between them: alike in everything that
 * comes before the id in precedence.ts, with the same path and rules, and with a host, a method and a listener
 * in common. Each route is filed under what it must share, so no pairs are compared.
 */
export function routeConflict(content: SnapshotContent): Issue[] {
  const issues: Issue[] = []
  const filed = new Map<string, Map<string, Identified<Route>>>()
  for (const [index, route] of content.routes.entries()) {
    if (!route.enabled) continue
    const other = fileRoute(route, filed)
    if (other === undefined) continue
    const sample = sampleOfBoth(route, other, content.listeners)
    const message = `route "${route.name}" and route "${other.name}" (${other.id}) match the same requests with the same priority${sample === null ? '' : `, for example ${sampleText(sample)}`}; change a criterion or the priority of one`
    issues.push(errorIssue(`/routes/${index}/match`, 'route_conflict', message))
  }
  return issues
}

/** Files the route under each of its hosts, methods and listeners; returns a route that was there already. */
function fileRoute(route: Identified<Route>, filed: Map<string, Map<string, Identified<Route>>>): Identified<Route> | undefined {
  const alike = likeness(route)
  let other: Identified<Route> | undefined
  for (const host of hostsOf(route)) {
    const key = `${host} ${alike}`
    let places = filed.get(key)
    if (places === undefined) filed.set(key, (places = new Map()))
    for (const listener of orAll(route.listenerIds)) {
      for (const method of orAll(route.match.methods)) {
        const place = `${listener} ${method}`
        const earlier = places.get(place)
        if (earlier === undefined) places.set(place, route)
        else if (earlier !== route) other ??= earlier
      }
    }
  }
  return other
}

/** What both routes must have in common besides host, method and listener. Routes with and without methods never tie. */
function likeness(route: Identified<Route>): string {
  const { path, headers, query, websocket } = route.match
  const rules = [headers, query].map((list) => list.map(canonicalRule).toSorted())
  return canonicalJson([route.priority, route.tenantCode ?? null, path === undefined ? null : pathKey(path), websocket ?? null, rules])
}

function pathKey(path: NonNullable<Route['match']['path']>): unknown[] {
  const caseSensitive = path.caseSensitive ?? path.type !== 'pattern'
  return [path.type, caseSensitive, caseSensitive ? path.value : path.value.toLowerCase()]
}

function hostsOf(route: Identified<Route>): readonly string[] {
  return route.match.hosts.length === 0 ? ['*'] : route.match.hosts
}

/** An empty list means all, which ties only with all: naming wins over not naming. */
function orAll(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [''] : names
}
