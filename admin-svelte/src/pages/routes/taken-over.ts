import { compileRoutes } from '../../../../shared/routing/compile-routes.ts'
import { matchRoute } from '../../../../shared/routing/match-route.ts'
import { sampleOfBoth } from '../../../../shared/routing/sample-of-both.ts'
import { type SampleRequest, sampleRequests, sampleText } from '../../../../shared/routing/sample-request.ts'
import type { Listener } from '../../../../shared/schema/listener.ts'
import type { Route } from '../../../../shared/schema/route.ts'
import type { Identified, SnapshotContent } from '../../../../shared/schema/snapshot.ts'

const MOST_SAMPLES = 6
const MOST_SHOWN = 12

/** A request that fits the route, and who has it. */
export interface TakenRequest {
  text: string
  /** taken: this route has it and another one had it; new: nobody had it; kept: another one still has it. */
  outcome: 'taken' | 'new' | 'kept'
  /** The other route. */
  other: { id: string; name: string } | null
}

/**
 * Sample requests that fit `route`, with what becomes of each when it stands beside `others`; decided by the matcher that the
 * data nodes use. Of each pair of routes one request at most, those that change hands first.
 */
export function takenOver(route: Identified<Route>, others: readonly Identified<Route>[], listeners: readonly Identified<Listener>[]): TakenRequest[] {
  const rest = others.filter(({ id }) => id !== route.id)
  const before = compileRoutes(contentOf(rest, listeners))
  const after = compileRoutes(contentOf([...rest, route], listeners))
  const found = new Map<string, TakenRequest>()
  for (const sample of samplesOf(route, rest, listeners)) {
    const winner = matchRoute(after, sample.listenerId, sample)
    if (winner === null) continue
    const had = matchRoute(before, sample.listenerId, sample)
    const isMine = winner.id === route.id
    const other = isMine ? had : winner
    const outcome = !isMine ? 'kept' : had === null ? 'new' : 'taken'
    const key = `${outcome} ${other?.id ?? ''}`
    if (!found.has(key)) found.set(key, { text: sampleText(sample), outcome, other: other === null ? null : { id: other.id, name: other.name } })
  }
  const order = ['taken', 'kept', 'new']
  return [...found.values()].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome)).slice(0, MOST_SHOWN)
}

function* samplesOf(route: Identified<Route>, others: readonly Identified<Route>[], listeners: readonly Identified<Listener>[]): Generator<SampleRequest> {
  yield* sampleRequests(route, listeners, MOST_SAMPLES)
  const alone = compileRoutes(contentOf([route], listeners))
  for (const other of others) {
    for (const sample of [sampleOfBoth(route, other, listeners), sampleOfBoth(other, route, listeners), sampleOfBoth(onHostsOf(route, other), other, listeners)]) {
      if (sample !== null && matchRoute(alone, sample.listenerId, sample) !== null) yield sample
    }
  }
}

/** A route for every host, as it is on the hosts of the other. */
function onHostsOf(route: Identified<Route>, other: Identified<Route>): Identified<Route> {
  return route.match.hosts.length > 0 ? route : { ...route, match: { ...route.match, hosts: other.match.hosts } }
}

/** As much of a content as the matcher looks at. */
function contentOf(routes: Identified<Route>[], listeners: readonly Identified<Listener>[]): SnapshotContent {
  return { routes, listeners } as unknown as SnapshotContent
}
