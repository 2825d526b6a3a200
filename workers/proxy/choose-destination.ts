import { HASH_START, hashNext } from '../../shared/routing/text-hash.ts'
import type { RuntimeDestination, RuntimeRoute } from './runtime.ts'

/** One of the route's upstreams by weight: always the same for a client where the split is sticky. Null when there is none. */
export function chooseDestination({ destinations, isSplitSticky, id }: RuntimeRoute, clientAddress: string, random: () => number): RuntimeDestination | null {
  if (destinations.length <= 1) return destinations[0] ?? null
  let total = 0
  for (const { weight } of destinations) total += weight
  let drawn = (isSplitSticky ? fractionOf(id, clientAddress) : random()) * total
  for (const destination of destinations) {
    drawn -= destination.weight
    if (drawn < 0) return destination
  }
  return destinations.findLast(({ weight }) => weight > 0) ?? null
}

/** From 0 to below 1, spread evenly over clients and different for every route. */
function fractionOf(routeId: string, clientAddress: string): number {
  let hash = HASH_START
  for (const text of [routeId, clientAddress]) for (let index = 0; index < text.length; index++) hash = hashNext(hash, text.charCodeAt(index))
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x7feb352d)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x846ca68b)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296
}
