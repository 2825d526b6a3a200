import { createHash } from 'node:crypto'
import type { SessionAffinity } from '../../shared/schema/session-affinity.ts'
import { fieldValue } from '../../shared/transforms/header-lines.ts'
import type { Affinity } from '../../shared/affinity/affinity.ts'
import { affinityCookie, cookieValue } from './affinity-cookie.ts'
import type { AffinityKeys } from './affinity-keys.ts'
import { xxhash64 } from '../../shared/affinity/xxhash64.ts'

/** XXH64 of the id, in hex (YARP HashCookieSessionAffinityPolicy.cs). */
export function hashCookieKey(targetId: string): string {
  const { high, low } = xxhash64(bytesOf(targetId))
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}

/** SHA-256 of the id, in hex, as IIS' Application Request Routing writes it (YARP ArrCookieSessionAffinityPolicy.cs). */
export function arrCookieKey(targetId: string): string {
  return createHash('sha256').update(bytesOf(targetId)).digest('hex')
}

/** UTF-16, upper case, as .NET hashes it. */
function bytesOf(targetId: string): Buffer {
  return Buffer.from(targetId.toUpperCase(), 'utf16le')
}

/** By a cookie that holds the key of a target. */
export function cookieAffinity(affinity: SessionAffinity, keys: AffinityKeys): Affinity {
  const cookie = affinityCookie(affinity)
  return {
    refusesBroken: affinity.failurePolicy === 'Return503',
    headerName: '',
    find({ fields }, available) {
      const cookies = fieldValue(fields, 'cookie')
      const key = cookies === null ? null : cookieValue(cookies, affinity.keyName)
      if (key === null) return { target: null, isBroken: false }
      const targetId = keys.targetOf(key)
      const target = available.find(({ id }) => id === targetId) ?? null
      return { target, isBroken: target === null }
    },
    bind({ id }) {
      const key = keys.keyOf(id)
      return key === '' ? '' : cookie(key)
    },
    headerValue: () => ''
  }
}
