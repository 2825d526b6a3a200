import type { SessionAffinity } from '../../shared/schema/session-affinity.ts'
import type { Affinity } from './affinity.ts'
import { arrCookieKey, cookieAffinity, hashCookieKey } from './cookie-affinity.ts'
import { hashAffinity } from './hash-affinity.ts'

/** The affinity of an upstream with these targets; null when it has none. */
export function buildAffinity(affinity: SessionAffinity, targetIds: readonly string[]): Affinity | null {
  if (!affinity.enabled) return null
  switch (affinity.policy) {
    case 'Hash':
      return hashAffinity(affinity)
    case 'HashCookie':
      return cookieAffinity(affinity, targetIds, hashCookieKey)
    case 'ArrCookie':
      return cookieAffinity(affinity, targetIds, arrCookieKey)
    case 'Cookie':
    case 'CustomHeader':
      // Refused at publish until nodes have a common key.
      return null
  }
}
