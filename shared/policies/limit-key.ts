import { clientNumber } from '../forwarding/ip-ranges.ts'
import { fieldValue } from '../transforms/header-lines.ts'

/** What of a request says whose limit it is. */
export interface CountedRequest {
  readonly fields: string
  readonly clientIp: string
  readonly user: string
  readonly tenant: string
  readonly tenantSource: 'token' | 'header' | ''
}

/** Of a header's value; more is cut, so that a key is small. */
const MOST_CHARACTERS = 256

/**
 * The key under which a request is counted; `key` as in a rate limiter. Without a user, a tenant or the header the address
 * counts. Users and tenants are those of verified credentials: a tenant that came by header counts for nothing, else every name
 * that a client makes up would get a limit of its own. Of an IPv6 address the first 64 bits count: whoever has one has them all.
 */
export function limitKeyOf(key: string, routeId: string, { fields, clientIp, user, tenant, tenantSource }: CountedRequest): string {
  switch (key) {
    case 'ip':
      return `ip ${addressKey(clientIp)}`
    case 'route':
      return `route ${routeId}`
    case 'user':
      return user === '' ? `ip ${addressKey(clientIp)}` : `user ${user}`
    case 'tenant':
      return tenantSource === 'token' ? `tenant ${tenant}` : `ip ${addressKey(clientIp)}`
    default: {
      const value = fieldValue(fields, key.slice('header:'.length).toLowerCase())
      return value === null || value === '' ? `ip ${addressKey(clientIp)}` : `header ${value.slice(0, MOST_CHARACTERS)}`
    }
  }
}

function addressKey(address: string): string {
  if (!address.includes(':')) return address
  const number = clientNumber(address)
  if (number === null) return address
  return number >> 32n === 0xffffn ? `v4 ${number & 0xffffffffn}` : `${(number >> 64n).toString(16)}::/64`
}
