import { compileRoutes } from '../../routing/compile-routes.ts'
import type { CompiledRoute } from '../../routing/compiled-route.ts'
import { firstMismatch } from '../../routing/explain/first-mismatch.ts'
import { hostPatterns } from '../../routing/host-pattern.ts'
import { matchRoute } from '../../routing/match-route.ts'
import { precedenceOf } from '../../routing/precedence.ts'
import { sampleText } from '../../routing/sample-request.ts'
import { sampleOfBoth } from '../../routing/sample-of-both.ts'
import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Bounds the search: pairs looked at in all. */
const MAX_PAIRS = 20_000

/**
 * Warns of two routes with different criteria that take one request while nothing but their ids decides between them. Found
 * by a made-up request that the matcher confirms, so not every case is; nothing is claimed about expressions.
 */
export function routeOverlap(content: SnapshotContent): Issue[] {
  const compiled = compileRoutes(content)
  const places = new Map(content.routes.map((route, index) => [route.id, index]))
  const told = new Set<CompiledRoute>()
  const issues: Issue[] = []
  let pairs = 0
  for (const routes of alike([...compiled.byId.values()])) {
    for (const [index, route] of routes.entries()) {
      for (const other of routes.slice(index + 1)) {
        if (told.has(other) || pairs++ > MAX_PAIRS) continue
        const sample = sampleOfBoth(other.route, route.route, content.listeners)
        if (sample === null || [route, other].some((one) => firstMismatch(one, sample.listenerId, sample).mismatch !== null)) continue
        const winner = matchRoute(compiled, sample.listenerId, sample)
        if (winner !== route && winner !== other) continue
        told.add(other)
        issues.push(warningIssue(`/routes/${places.get(other.id)}/match`, 'route_overlap', `route "${other.name}" and route "${route.name}" both take ${sampleText(sample)}, and only their ids decide that "${winner.name}" gets it; give one a bigger priority`))
      }
    }
  }
  return issues
}

/** Routes between which only the ids decide, if at all; only where there are several. */
function alike(routes: readonly CompiledRoute[]): CompiledRoute[][] {
  const groups = new Map<string, CompiledRoute[]>()
  for (const route of routes) {
    const { match, tenantCode } = route.route
    const literal = match.path?.type === 'exact' || match.path?.type === 'prefix' ? match.path.value.toLowerCase() : ''
    for (const pattern of hostPatterns(match.hosts)) {
      const key = JSON.stringify([{ ...precedenceOf(route.route, pattern), id: '' }, pattern.name, tenantCode, literal])
      groups.set(key, [...groups.get(key) ?? [], route])
    }
  }
  return [...groups.values()].filter(({ length }) => length > 1)
}
