import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Warns of enabled routes that no request can reach: every listener they serve is disabled, or there is none. */
export function routeWithoutListener({ listeners, routes }: SnapshotContent): Issue[] {
  const enabled = new Set(listeners.filter((listener) => listener.enabled).map(({ id }) => id))
  return routes.flatMap((route, index) => {
    const isReached = route.listenerIds.length === 0 ? enabled.size > 0 : route.listenerIds.some((id) => enabled.has(id))
    if (!route.enabled || isReached) return []
    const why = route.listenerIds.length === 0 ? 'there is no enabled listener' : 'each of its listeners is disabled'
    return [warningIssue(`/routes/${index}/listenerIds`, 'route_without_listener', `route "${route.name}" gets no request: ${why}`)]
  })
}
