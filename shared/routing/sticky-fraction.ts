import { HASH_START, hashNext } from './text-hash.ts'

/** The place of a client in a sticky split: from 0 to below 1, spread evenly over clients and different for every route. */
export function stickyFraction(routeId: string, clientAddress: string): number {
  let hash = HASH_START
  for (const text of [routeId, clientAddress]) for (let index = 0; index < text.length; index++) hash = hashNext(hash, text.charCodeAt(index))
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x7feb352d)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x846ca68b)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296
}
