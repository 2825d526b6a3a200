import { isGuarded } from '../../shared/policies/find-policy.ts'
import type { RankedRoute } from '../../shared/routing/ranked-route.ts'
import { routeTemplate } from '../../shared/routing/template/route-template.ts'
import type { Route } from '../../shared/schema/route.ts'
import { compileTransforms } from '../../shared/transforms/compile-transforms.ts'
import { routeValueNames } from '../../shared/transforms/route-value-names.ts'
import { buildAdmission, type FindRuntimePolicy } from '../policies/build-admission.ts'
import { BALANCERS } from '../balancing/balancers.ts'
import { ownAnswerOf } from './own-answer.ts'
import type { RuntimeDestination, RuntimeMirror, RuntimeRoute, RuntimeUpstream } from './runtime.ts'

/** What a route asks for, with everything that its upstreams decide where the route does not. */
export function buildRoute({ route, index }: RankedRoute, upstreams: ReadonlyMap<string, RuntimeUpstream>, findPolicy: FindRuntimePolicy): RuntimeRoute {
  const shares = route.split ?? (route.upstreamId === undefined ? [] : [{ upstreamId: route.upstreamId, weight: 1 }])
  const destinations = shares.flatMap(({ upstreamId, weight }) => {
    const upstream = upstreams.get(upstreamId)
    return upstream === undefined ? [] : [buildDestination(route, upstream, weight)]
  })
  return {
    id: route.id,
    name: route.name,
    slot: index,
    destination: destinations.length === 1 ? destinations[0]! : null,
    split: destinations.length > 1 ? destinations : null,
    isSplitSticky: route.splitSticky,
    mirror: mirrorOf(route, upstreams),
    template: routeTemplate(route),
    answer: ownAnswerOf(route),
    transforms: route.transforms.length === 0 ? null : compileTransforms(route.transforms, routeValueNames(route.match.path)).compiled,
    // What was decided about must be what the origin gets.
    forwardsRawPath: route.forwardPath === 'raw' && !isGuarded(route),
    activityMs: route.timeouts.activityMs,
    totalMs: route.timeouts.totalMs,
    webSocketIdleMs: route.timeouts.websocketIdleMs,
    onRemove: route.onRemove,
    maxRequestBodyBytes: route.maxRequestBodyBytes ?? null,
    admission: buildAdmission(route, findPolicy)
  }
}

function mirrorOf(route: Route, upstreams: ReadonlyMap<string, RuntimeUpstream>): RuntimeMirror | null {
  const upstream = route.mirror === undefined ? undefined : upstreams.get(route.mirror.upstreamId)
  if (route.mirror === undefined || upstream === undefined || route.mirror.percent === 0) return null
  return { destination: buildDestination(route, upstream, 1), percent: route.mirror.percent }
}

function buildDestination(route: Route, upstream: RuntimeUpstream, weight: number): RuntimeDestination {
  if (weight === 1 && route.loadBalancing === undefined && route.retry === undefined && route.timeouts.connectMs === undefined) return upstream.destination
  return {
    upstream,
    weight,
    pick: route.loadBalancing === undefined ? upstream.pick : BALANCERS[route.loadBalancing],
    retry: route.retry ?? upstream.retry,
    connectMs: route.timeouts.connectMs ?? upstream.connectMs,
    queueMs: upstream.queueMs
  }
}
