import { stickyFraction } from '../../shared/routing/sticky-fraction.ts'
import type { RuntimeDestination, RuntimeRoute } from './runtime.ts'

/** One of the route's upstreams by weight: always the same for a client where the split is sticky. Null when there is none. */
export function chooseDestination({ destinations, isSplitSticky, id }: RuntimeRoute, clientAddress: string, random: () => number): RuntimeDestination | null {
  if (destinations.length <= 1) return destinations[0] ?? null
  let total = 0
  for (const { weight } of destinations) total += weight
  let drawn = (isSplitSticky ? stickyFraction(id, clientAddress) : random()) * total
  for (const destination of destinations) {
    drawn -= destination.weight
    if (drawn < 0) return destination
  }
  return destinations.findLast(({ weight }) => weight > 0) ?? null
}
