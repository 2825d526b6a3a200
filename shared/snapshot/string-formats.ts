import { asciiHost, normalizeHostPattern, parseHostPattern } from '../routing/host-pattern.ts'
import { normalizeCidr, normalizeIp } from './ip-address.ts'
import { normalizeProbeUrl, normalizeTargetAddress } from './target-address.ts'

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
  'host-and-port': { normalize: normalizeHostAndPort, form: 'a host such as example.com or example.com:8080' },
  'host-pattern': { normalize: normalizeHostPattern, form: 'one of host, host:port, *.suffix, *.suffix:port, *:port, host:* and *' },
  'target-address': { normalize: normalizeTargetAddress, form: 'http://host:port, https://host:port or h2c://host:port, without path, query or credentials' },
  'probe-url': { normalize: normalizeProbeUrl, form: 'an http or https address without query or credentials' },
  method: { normalize: normalizeMethod, form: 'an HTTP method' }
}

/** The methods of RFC 9110 and PATCH; written in any letter case, they mean these. */
export const USUAL_METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']

function normalizeHostAndPort(text: string): string | null {
  return parseHostPattern(text)?.kind === 'name' ? normalizeHostPattern(text) : null
}

/** Other methods are kept as they are: methods are case-sensitive (RFC 9110 section 9.1). */
function normalizeMethod(text: string): string {
  const upper = text.toUpperCase()
  return USUAL_METHODS.includes(upper) ? upper : text
}
