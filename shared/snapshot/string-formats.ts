import { asciiHost, normalizeHostPattern, parseHostPattern } from '../routing/host-pattern.ts'
import { normalizeCidr, normalizeIp } from './ip-address.ts'
import { normalizeProbeUrl, normalizeServiceUrl, normalizeTargetAddress } from './target-address.ts'

/** A kind of text that has rules beyond a pattern. */
export interface StringFormat {
  /** The stored form, or null when the text does not have this format. */
  normalize(text: string): string | null
  /** Completes "must be ...". */
  form: string
}

/** The formats that the schemas name. */
export const STRING_FORMATS: Readonly<Record<string, StringFormat>> = {
  'ip-address': { normalize: normalizeIp, form: 'an IP address such as 0.0.0.0, 10.1.2.3 or ::' },
  cidr: { normalize: normalizeCidr, form: 'an address range such as 10.0.0.0/8 or fd00::/8' },
  'host-name': { normalize: asciiHost, form: 'a host name without port' },
  'host-or-wildcard': { normalize: normalizeHostOrWildcard, form: 'a host name without port, or *. and one' },
  'host-and-port': { normalize: normalizeHostAndPort, form: 'a host such as example.com or example.com:8080' },
  'host-pattern': { normalize: normalizeHostPattern, form: 'one of host, host:port, *.suffix, *.suffix:port, *:port, host:* and *' },
  'target-address': { normalize: normalizeTargetAddress, form: 'http://host:port, https://host:port or h2c://host:port, without path, query or credentials' },
  'probe-url': { normalize: normalizeProbeUrl, form: 'an http, https or h2c address without query or credentials' },
  'service-url': { normalize: normalizeServiceUrl, form: 'an http or https URL without credentials and fragment' },
  method: { normalize: normalizeMethod, form: 'an HTTP method' },
  moment: { normalize: normalizeMoment, form: 'a moment such as 2026-01-31T12:00:00.000Z' }
}

/** The methods of RFC 9110 and PATCH; written in any letter case, they mean these. */
const USUAL_METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']

/** Wildcards are decoded so that a rule can say what to do about them. */
function normalizeHostOrWildcard(text: string): string | null {
  const pattern = parseHostPattern(text)
  return pattern?.kind === 'suffix' && pattern.port === undefined ? normalizeHostPattern(text) : asciiHost(text)
}

function normalizeHostAndPort(text: string): string | null {
  return parseHostPattern(text)?.kind === 'name' ? normalizeHostPattern(text) : null
}

/** Other methods are kept as they are: methods are case-sensitive (RFC 9110 section 9.1). */
function normalizeMethod(text: string): string {
  const upper = text.toUpperCase()
  return USUAL_METHODS.includes(upper) ? upper : text
}

/** Years from 1 on: Postgres knows no year 0. */
function normalizeMoment(text: string): string | null {
  const time = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}
