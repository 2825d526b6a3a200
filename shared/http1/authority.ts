import { isHost } from './characters.ts'

export interface Authority {
  host: string
  hostPort: number
  /** That of the scheme. */
  readonly defaultPort: number
}

/**
 * Reads `host[:port]` into `into`; a trailing dot of the name is dropped. Returns false when it is malformed: empty,
 * a character that no host has, userinfo, or a port that is not 1 to 65535.
 */
export function parseAuthority(authority: string, into: Authority): boolean {
  const length = authority.length
  if (length === 0 || length > 261) return false
  let colon = -1
  let bracket = -1
  let isLower = true
  for (let index = 0; index < length; index++) {
    const code = authority.charCodeAt(index)
    if (!isHost(code)) return false
    if (code === COLON) colon = index
    else if (code === CLOSE_BRACKET) bracket = index
    else if (code >= 0x41 && code <= 0x5a) isLower = false
  }
  const isIpv6 = authority.charCodeAt(0) === OPEN_BRACKET
  if (isIpv6 ? !/^\[[0-9a-fA-F:.]+\](:\d*)?$/.test(authority) : bracket !== -1 || authority.indexOf(':') !== colon || authority.includes('[')) return false
  const hasPort = colon > bracket && colon !== -1
  let end = hasPort ? colon : length
  if (!isIpv6 && end > 1 && authority.charCodeAt(end - 1) === DOT) end--
  if (end === 0) return false
  const host = end === length ? authority : authority.slice(0, end)
  into.host = isLower ? host : host.toLowerCase()
  into.hostPort = into.defaultPort
  return !hasPort || colon + 1 === length || parsePort(authority, colon + 1, into)
}

const COLON = 0x3a
const DOT = 0x2e
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

function parsePort(authority: string, start: number, into: { hostPort: number }): boolean {
  if (authority.length - start > 5) return false
  let port = 0
  for (let index = start; index < authority.length; index++) {
    const digit = authority.charCodeAt(index) - 0x30
    if (digit < 0 || digit > 9) return false
    port = port * 10 + digit
  }
  into.hostPort = port
  return port >= 1 && port <= 65535
}
