import { parseRequestHead, RequestHead } from '../http1/request-head.ts'
import type { Refusal } from '../http1/refusal.ts'
import type { ExplainRequest } from '../schema/explain.ts'
import type { Listener } from '../schema/listener.ts'

/** The request as its bytes would be, read by what reads them on the data nodes. Field lines are UTF-8, as clients send them. */
export function readRequest({ method, url, headers, websocket, bodyBytes }: ExplainRequest, limits: Listener['limits'], scheme: 'http' | 'https'): RequestHead | Refusal {
  const [, authority = '', target = ''] = /^https?:\/\/([^/?]+)(.*)$/i.exec(url) ?? []
  const hasHost = headers.some((field) => /^host\s*:/i.test(field))
  const fields = [
    ...(hasHost ? [] : [`Host: ${authority}`]),
    ...headers,
    ...(websocket ? ['Connection: Upgrade', 'Upgrade: websocket'] : []),
    ...(bodyBytes > 0 ? [`Content-Length: ${bodyBytes}`] : [])
  ]
  const text = latin1(`${method} ${target.startsWith('/') ? target : `/${target}`} HTTP/1.1\r\n${fields.map((field) => `${field}\r\n`).join('')}`)
  const head = new RequestHead()
  head.defaultPort = scheme === 'https' ? 443 : 80
  return parseRequestHead(text, 0, text.length, limits.maxHeaders, head) ?? head
}

/** The UTF-8 bytes of a text, a character each. */
function latin1(text: string): string {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}
