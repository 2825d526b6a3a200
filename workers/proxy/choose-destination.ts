import { stickyFraction } from '../../shared/routing/sticky-fraction.ts'
import type { RuntimeDestination, RuntimeRoute } from './runtime.ts'

/** One of the route's upstreams by weight: always the same for a client where the split is sticky. Null when there is none. */
export function chooseDestination(route: RuntimeRoute, clientAddress: string, random: () => number): RuntimeDestination | null {
  const { split } = route
  if (split === null) return route.destination
  let total = 0
  for (const { weight } of split) total += weight
  let drawn = (route.isSplitSticky ? stickyFraction(route.id, clientAddress) : random()) * total
  for (const destination of split) {
    drawn -= destination.weight
    if (drawn < 0) return destination
  }
  return split.findLast(({ weight }) => weight > 0) ?? null
}
