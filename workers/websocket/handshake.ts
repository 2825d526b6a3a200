import { createHash } from 'node:crypto'
import { REFUSALS, type Refusal } from '../../shared/http1/refusal.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'
import { fieldValue } from '../../shared/transforms/header-lines.ts'

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** Sixteen bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/

/** Why the request, which asks for an upgrade to WebSocket, is no opening handshake (RFC 6455 section 4.2.1); null when it is. */
export function handshakeRefusal(head: RequestHead): Refusal | null {
  if (head.method !== 'GET' || head.isChunked || head.contentLength > 0) return REFUSALS.badHandshake
  if (!KEY.test(fieldValue(head.fields, 'sec-websocket-key') ?? '')) return REFUSALS.badHandshake
  return fieldValue(head.fields, 'sec-websocket-version') === '13' ? null : REFUSALS.handshakeVersion
}

/** Whether the fields of a 101 prove that the origin understood the handshake: an answer that a cache or a plain server made up cannot. */
export function isHandshakeAnswer(requestFields: string, responseFields: string): boolean {
  const key = fieldValue(requestFields, 'sec-websocket-key')
  return key !== null && fieldValue(responseFields, 'sec-websocket-accept') === acceptOf(key)
}

/** Sec-WebSocket-Accept for a Sec-WebSocket-Key. */
export function acceptOf(key: string): string {
  return createHash('sha1').update(key + GUID).digest('base64')
}
