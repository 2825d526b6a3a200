import { compileRoutes } from '../../routing/compile-routes.ts'
import type { CompiledRoute } from '../../routing/compiled-route.ts'
import type { CompiledRoutes } from '../../routing/compiled-routes.ts'
import { firstMismatch } from '../../routing/explain/first-mismatch.ts'
import { matchRoute } from '../../routing/match-route.ts'
import { type SampleRequest, sampleRequests, sampleText } from '../../routing/sample-request.ts'
import type { Listener } from '../../schema/listener.ts'
import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { Identified, SnapshotContent } from '../../schema/snapshot.ts'

/** Routes with more samples than this are not judged. */
const MAX_SAMPLES = 128

/** Warns of enabled routes that lose every request made up to fit them, by the matcher that the data nodes use. */
export function routeShadowed(content: SnapshotContent): Issue[] {
  const compiled = compileRoutes(content)
  const places = new Map(content.routes.map((route, index) => [route.id, index]))
  return [...compiled.byId.values()].flatMap((route) => {
    const loss = lossOf(route, compiled, content.listeners)
    if (loss === null) return []
    const message = `route "${route.name}" gets no request: others take all that it matches, route "${loss.winner.name}" for example ${sampleText(loss.sample)}`
    return [warningIssue(`/routes/${places.get(route.id)}/match`, 'route_shadowed', message)]
  })
}

/** The first sample that the route lost, when it lost them all. */
function lossOf(route: CompiledRoute, compiled: CompiledRoutes, listeners: readonly Identified<Listener>[]): { sample: SampleRequest; winner: CompiledRoute } | null {
  let loss: { sample: SampleRequest; winner: CompiledRoute } | null = null
  let count = 0
  for (const sample of sampleRequests(route.route, listeners, MAX_SAMPLES)) {
    if (firstMismatch(route, sample.listenerId, sample).mismatch !== null) continue
    const winner = matchRoute(compiled, sample.listenerId, sample)
    if (winner === null || winner === route) return null
    loss ??= { sample, winner }
    count++
  }
  return count < MAX_SAMPLES ? loss : null
}
