import type { RankedRoute } from '../../shared/routing/ranked-route.ts'
import { compileTransforms } from '../../shared/transforms/compile-transforms.ts'
import { routeValueNames } from '../../shared/transforms/route-value-names.ts'
import { BALANCERS } from '../balancing/balancers.ts'
import type { RuntimeRoute, RuntimeUpstream } from './runtime.ts'

/** Used by routes without an upstream, which never come to an attempt. */
const NO_RETRY = { attempts: 0, statuses: [], budgetPercent: 0, minPerSecond: 0, nonIdempotent: false }

/** What a route asks for, with everything that its upstream decides where the route does not. */
export function buildRoute({ route, index }: RankedRoute, upstreams: ReadonlyMap<string, RuntimeUpstream>): RuntimeRoute {
  const upstream = upstreams.get(route.upstreamId ?? '') ?? null
  return {
    id: route.id,
    name: route.name,
    slot: index,
    upstream,
    pick: route.loadBalancing === undefined ? (upstream?.pick ?? BALANCERS.PowerOfTwoChoices) : BALANCERS[route.loadBalancing],
    retry: route.retry ?? upstream?.retry ?? NO_RETRY,
    transforms: route.transforms.length === 0 ? null : compileTransforms(route.transforms, routeValueNames(route.match.path)).compiled,
    forwardsRawPath: route.forwardPath === 'raw',
    connectMs: route.timeouts.connectMs ?? upstream?.connectMs ?? 5000,
    queueMs: upstream?.queueMs ?? 0,
    activityMs: route.timeouts.activityMs,
    totalMs: route.timeouts.totalMs,
    minResponseBytesPerSecond: upstream?.minResponseBytesPerSecond ?? 0,
    maxRequestBodyBytes: route.maxRequestBodyBytes ?? null
  }
}
