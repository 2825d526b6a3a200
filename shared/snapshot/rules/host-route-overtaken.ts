import { compileRoutes } from '../../routing/compile-routes.ts'
import type { CompiledRoute } from '../../routing/compiled-route.ts'
import type { CompiledRoutes } from '../../routing/compiled-routes.ts'
import { hostPatterns } from '../../routing/host-pattern.ts'
import { matchRoute } from '../../routing/match-route.ts'
import { sampleHost, type SampleRequest, sampleRequests, sampleText } from '../../routing/sample-request.ts'
import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Bounds the search: samples of one route, and requests tried in all. */
const SAMPLES_PER_ROUTE = 8
const MAX_TRIES = 50_000

interface Search {
  all: CompiledRoutes
  /** Only the routes that ask for a host. */
  withHost: CompiledRoutes
  /** For each route without host that overtakes one: a request it takes, and the route that loses it. */
  found: Map<CompiledRoute, { sample: SampleRequest; loser: CompiledRoute }>
  tries: number
}

/**
 * Warns once of each route without host that takes a request which a route with a host matches too: a longer path
 * or a bigger priority goes before the host. Found by samples within a bound, so not every case is.
 */
export function hostRouteOvertaken(content: SnapshotContent): Issue[] {
  const withHost = compileRoutes({ ...content, routes: content.routes.filter(asksForHost) })
  const search: Search = { all: compileRoutes(content), withHost, found: new Map(), tries: 0 }
  if (withHost.byId.size > 0 && withHost.byId.size < search.all.byId.size) {
    tryPathsOfHostRoutes(search, content)
    tryPathsOfOtherRoutes(search, content)
  }
  const places = new Map(content.routes.map((route, index) => [route.id, index]))
  return [...search.found].map(([winner, { sample, loser }]) => {
    const message = `route "${winner.name}" has no host and takes ${sampleText(sample)}, which route "${loser.name}" with its host matches too; give it hosts or a smaller priority if that is not meant`
    return warningIssue(`/routes/${places.get(winner.id)}/match`, 'host_route_overtaken', message)
  })
}

function tryPathsOfHostRoutes(search: Search, content: SnapshotContent): void {
  for (const { route } of search.withHost.byId.values()) {
    for (const sample of sampleRequests(route, content.listeners, SAMPLES_PER_ROUTE)) tryRequest(search, sample)
  }
}

function tryPathsOfOtherRoutes(search: Search, content: SnapshotContent): void {
  const patterns = new Map([...search.withHost.byId.values()].flatMap(({ route }) => hostPatterns(route.match.hosts)).map((pattern) => [`${pattern.kind} ${pattern.name} ${pattern.port}`, pattern]))
  for (const other of search.all.byId.values()) {
    if (asksForHost(other.route)) continue
    for (const sample of sampleRequests(other.route, content.listeners, SAMPLES_PER_ROUTE)) {
      for (const pattern of patterns.values()) {
        if (search.found.has(other) || search.tries >= MAX_TRIES) break
        tryRequest(search, { ...sample, host: sampleHost(pattern), hostPort: pattern.port ?? sample.hostPort })
      }
    }
  }
}

function tryRequest(search: Search, sample: SampleRequest): void {
  search.tries++
  const winner = matchRoute(search.all, sample.listenerId, sample)
  if (winner === null || asksForHost(winner.route) || search.found.has(winner)) return
  const loser = matchRoute(search.withHost, sample.listenerId, sample)
  if (loser !== null) search.found.set(winner, { sample, loser })
}

function asksForHost(route: CompiledRoute['route']): boolean {
  return hostPatterns(route.match.hosts).every((pattern) => pattern.kind !== 'any' || pattern.port !== undefined)
}
