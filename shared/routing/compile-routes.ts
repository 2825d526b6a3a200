import type { SnapshotContent } from '../schema/snapshot.ts'
import { type CompiledRoutes, emptyRoutes } from './compiled-routes.ts'
import { editRoutes } from './edit-routes.ts'
import { RouteOrder } from './route-order.ts'

/**
 * Makes the form that matchRoute() searches, all at once. Disabled routes and listeners are left out.
 */
export function compileRoutes(content: SnapshotContent): CompiledRoutes {
  const { ranked } = new RouteOrder().replace({ removed: [], upserted: content.routes })
  const edit = editRoutes(emptyRoutes())
  edit.setListeners(content.listeners.filter((listener) => listener.enabled).map((listener) => listener.id))
  for (const route of ranked) edit.add(route)
  return edit.finish()
}
