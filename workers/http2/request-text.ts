import { randomBytes } from 'node:crypto'
import { REFUSALS, type Refusal } from '../../shared/http1/refusal.ts'

/** Have no meaning in HTTP/2, and must not be there (RFC 9113 section 8.2.2). */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])
const COLON = 0x3a
const SLASH = 0x2f
const BREAKS = /[\r\n\0]/
/** Ends a head of HTTP/1.1. */
const EMPTY_LINE = 2

/** A request head of HTTP/2 in the form of HTTP/1.1. */
export interface RequestText {
  text: string
  /** An extended CONNECT for WebSocket (RFC 8441), written as the upgrade that it stands for. */
  isWebSocket: boolean
}

/**
 * Writes a request head as HTTP/1.1 would have it, so that the same codec judges it: every check of that one holds for this one
 * too. `hasBody`: the head did not end the stream. `maxBytes`: most bytes of the head as HTTP/1.1 would have it.
 */
export function requestText(raw: readonly string[], hasBody: boolean, maxBytes: number): RequestText | Refusal {
  let method = ''
  let scheme = ''
  let path = ''
  let authority = ''
  let protocol = ''
  let host: string | null = null
  let cookie = ''
  let fields = ''
  let hasLength = false
  let bytes = 0
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!
    const value = raw[index + 1]!
    // Before it is looked at: a head of few bytes may stand for very many, as long as the client has not taken our settings.
    bytes += name.length + value.length
    if (bytes > maxBytes) return value.length > maxBytes && name === ':path' ? REFUSALS.targetTooLong : REFUSALS.headTooLarge
    if (BREAKS.test(value) || BREAKS.test(name)) return REFUSALS.badField
    if (name.charCodeAt(0) === COLON) {
      if (name === ':method') method = value
      else if (name === ':scheme') scheme = value
      else if (name === ':path') path = value
      else if (name === ':authority') authority = value
      else if (name === ':protocol') protocol = value
    } else if (name === 'host') {
      if (host !== null) return REFUSALS.badHost
      host = value
    } else if (name === 'cookie') cookie += cookie === '' ? value : `; ${value}`
    else if (CONNECTION_FIELDS.has(name)) return REFUSALS.badField
    else {
      hasLength ||= name === 'content-length'
      fields += `${name}: ${value}\r\n`
    }
  }
  if (host !== null && authority !== '' && host.toLowerCase() !== authority.toLowerCase()) return REFUSALS.badHost
  const isWebSocket = method === 'CONNECT' && protocol === 'websocket'
  if (method === 'CONNECT' && !isWebSocket) return REFUSALS.methodNotAllowed
  if (!isTargetHere(method, scheme, path)) return REFUSALS.badTarget
  if (cookie !== '') fields += `cookie: ${cookie}\r\n`
  if (isWebSocket) fields += `connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\n`
  else if (hasBody && !hasLength) fields += 'transfer-encoding: chunked\r\n'
  const text = `${isWebSocket ? 'GET' : method} ${path} HTTP/1.1\r\nhost: ${host ?? authority}\r\n${fields}`
  return text.length + EMPTY_LINE > maxBytes ? REFUSALS.headTooLarge : { text, isWebSocket }
}

/**
 * Whether the pseudo fields name something of ours. Another host has its place in :authority, never in :path. The scheme need not be that
 * of the connection: one that another proxy passes on over TLS may have begun as http.
 */
function isTargetHere(method: string, scheme: string, path: string): boolean {
  return (scheme === 'https' || scheme === 'http') && (path.charCodeAt(0) === SLASH || (path === '*' && method === 'OPTIONS'))
}
