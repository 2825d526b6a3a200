import type { SessionAffinity } from '../../shared/schema/session-affinity.ts'
import type { Affinity } from '../../shared/affinity/affinity.ts'
import { fixedKeys, signedKeys } from './affinity-keys.ts'
import { arrCookieKey, cookieAffinity, hashCookieKey } from './cookie-affinity.ts'
import { hashAffinity } from '../../shared/affinity/hash-affinity.ts'
import { headerAffinity } from './header-affinity.ts'

/** What an affinity has to know of its upstream. */
interface AffinityUpstream {
  readonly id: string
  readonly targetIds: readonly string[]
  /** The key that all nodes share; null while there is none. */
  fleetKey(): Buffer | null
}

/** The affinity of an upstream; null when it has none. */
export function buildAffinity(affinity: SessionAffinity, { id, targetIds, fleetKey }: AffinityUpstream): Affinity | null {
  if (!affinity.enabled) return null
  switch (affinity.policy) {
    case 'Hash':
      return hashAffinity(affinity)
    case 'HashCookie':
      return cookieAffinity(affinity, fixedKeys(targetIds, hashCookieKey))
    case 'ArrCookie':
      return cookieAffinity(affinity, fixedKeys(targetIds, arrCookieKey))
    case 'Cookie':
      return cookieAffinity(affinity, signedKeys(id, targetIds, fleetKey))
    case 'CustomHeader':
      return headerAffinity(affinity, signedKeys(id, targetIds, fleetKey))
  }
}
