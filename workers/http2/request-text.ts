import { randomBytes } from 'node:crypto'
import { REFUSALS, type Refusal } from '../../shared/http1/refusal.ts'

/** Have no meaning in HTTP/2, and must not be there (RFC 9113 section 8.2.2). */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])
const COLON = 0x3a
const BREAKS = /[\r\n\0]/

/** A request head of HTTP/2 in the form of HTTP/1.1. */
export interface RequestText {
  text: string
  /** An extended CONNECT for WebSocket (RFC 8441), written as the upgrade that it stands for. */
  isWebSocket: boolean
}

/**
 * Writes a request head as HTTP/1.1 would have it, so that the same codec judges it: every check of that one holds for this one
 * too. `hasBody`: the head did not end the stream.
 */
export function requestText(raw: readonly string[], hasBody: boolean): RequestText | Refusal {
  let method = ''
  let path = ''
  let authority = ''
  let protocol = ''
  let host: string | null = null
  let cookie = ''
  let fields = ''
  let hasLength = false
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!
    const value = raw[index + 1]!
    if (BREAKS.test(value) || BREAKS.test(name)) return REFUSALS.badField
    if (name.charCodeAt(0) === COLON) {
      if (name === ':method') method = value
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
  if (cookie !== '') fields += `cookie: ${cookie}\r\n`
  if (isWebSocket) fields += `connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\n`
  else if (hasBody && !hasLength) fields += 'transfer-encoding: chunked\r\n'
  return { text: `${isWebSocket ? 'GET' : method} ${path} HTTP/1.1\r\nhost: ${host ?? authority}\r\n${fields}`, isWebSocket }
}
