import { isPassedOn } from '../http1/field-kind.ts'

const FORWARDING = 'x-forwarded-'
/** What the gateway says itself. Others, such as X-Forwarded-User, are an authorization service's to say: no client's come through. */
const OWN_FORWARDING: ReadonlySet<string> = new Set(['for', 'host', 'port', 'prefix', 'proto'])

/**
 * Whether the answer of an authorization service may say this header to the origin. What frames a message, belongs to one
 * connection or is written by the gateway would be there twice, and two readers might believe different ones.
 */
export function mayBeCopied(name: string): boolean {
  const lower = name.toLowerCase()
  return isPassedOn(lower) || (lower.startsWith(FORWARDING) && !OWN_FORWARDING.has(lower.slice(FORWARDING.length)))
}
