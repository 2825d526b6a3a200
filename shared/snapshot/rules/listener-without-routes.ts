import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Warns of enabled listeners that answer 404 to everything, while others have routes. */
export function listenerWithoutRoutes({ listeners, routes }: SnapshotContent): Issue[] {
  const served = routes.filter(({ enabled }) => enabled)
  if (served.length === 0 || served.some(({ listenerIds }) => listenerIds.length === 0)) return []
  const named = new Set(served.flatMap(({ listenerIds }) => listenerIds))
  return listeners.flatMap((listener, index) => {
    if (!listener.enabled || named.has(listener.id)) return []
    return [warningIssue(`/listeners/${index}`, 'listener_without_routes', `listener "${listener.name}" answers 404 to every request: no enabled route serves it; disable it, or name it in a route`)]
  })
}
