import { createHash } from 'node:crypto'
import type { SessionAffinity } from '../../shared/schema/session-affinity.ts'
import { cookieValue } from '../../shared/http1/cookie-value.ts'
import type { Affinity } from '../../shared/affinity/affinity.ts'
import { affinityCookie } from './affinity-cookie.ts'
import type { AffinityKeys } from './affinity-keys.ts'
import { xxhash64 } from '../../shared/affinity/xxhash64.ts'

/** XXH64 of the id in upper case, in lower-case hex (YARP HashCookieSessionAffinityPolicy.cs). */
export function hashCookieKey(targetId: string): string {
  const { high, low } = xxhash64(utf16(inCase(targetId, (character) => character.toUpperCase())))
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}

/** SHA-256 of the id in lower case, in upper-case hex, as IIS' Application Request Routing writes it (YARP ArrCookieSessionAffinityPolicy.cs). */
export function arrCookieKey(targetId: string): string {
  return createHash('sha256').update(utf16(inCase(targetId, (character) => character.toLowerCase()))).digest('hex').toUpperCase()
}

/** The bytes that .NET hashes. */
function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le')
}

/** Each character by itself, as .NET changes case: none becomes several, and none outside of ASCII one of it. */
function inCase(text: string, change: (character: string) => string): string {
  return Array.from(text, (character) => {
    const changed = change(character)
    return changed.length === character.length && (changed > '\x7f' || character <= '\x7f') ? changed : character
  }).join('')
}

/** By a cookie that holds the key of a target. */
export function cookieAffinity(affinity: SessionAffinity, keys: AffinityKeys): Affinity {
  const cookie = affinityCookie(affinity)
  return {
    refusesBroken: affinity.failurePolicy === 'Return503',
    headerName: '',
    find({ fields }, available) {
      const key = cookieValue(fields, affinity.keyName)
      if (key === null) return { target: null, isBroken: false }
      const targetId = keys.targetOf(key)
      const target = available.find(({ id }) => id === targetId) ?? null
      return { target, isBroken: target === null }
    },
    bind({ id }, isSecure) {
      const key = keys.keyOf(id)
      return key === '' ? '' : cookie(key, isSecure)
    },
    headerValue: () => ''
  }
}
