import { equalsIgnoringCase } from './characters.ts'

/** Fields that the codec itself reads or takes out; every other field is forwarded as it is. */
export const FIELD = {
  other: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  connection: 4,
  expect: 5,
  upgrade: 6,
  accept: 7,
  keepAlive: 8,
  te: 9,
  /** Hop-by-hop, or written by the gateway: never copied (YARP RequestUtilities.cs, RFC 9110 section 7.6.1). */
  dropped: 10,
  /** Hop-by-hop for requests only: what a client claims about forwarding is not believed. */
  forwarding: 11,
  trailer: 12,
  traceparent: 13,
  /** What a client claims about its tenant: a hint for routing, never copied. */
  tenantCode: 14
} as const

/** Kinds of which nothing is left where routes are looked for. */
const TAKEN_OUT: ReadonlySet<number> = new Set([FIELD.contentLength, FIELD.transferEncoding, FIELD.connection, FIELD.expect, FIELD.upgrade, FIELD.keepAlive, FIELD.te, FIELD.dropped])

/** Whether rules of routes never see the field, whatever a client sends. */
export function isTakenOut(name: string): boolean {
  return TAKEN_OUT.has(fieldKind(name, 0, name.length))
}

/** The kind of the field whose name is text[start, end). */
export function fieldKind(text: string, start: number, end: number): number {
  switch (end - start) {
    case 2:
      return equalsIgnoringCase(text, start, end, 'te') ? FIELD.te : FIELD.other
    case 4:
      if (equalsIgnoringCase(text, start, end, 'host')) return FIELD.host
      return equalsIgnoringCase(text, start, end, 'alpn') ? FIELD.dropped : FIELD.other
    case 5:
      return equalsIgnoringCase(text, start, end, 'close') ? FIELD.dropped : FIELD.other
    case 6:
      if (equalsIgnoringCase(text, start, end, 'accept')) return FIELD.accept
      return equalsIgnoringCase(text, start, end, 'expect') ? FIELD.expect : FIELD.other
    case 7:
      if (equalsIgnoringCase(text, start, end, 'upgrade')) return FIELD.upgrade
      if (equalsIgnoringCase(text, start, end, 'trailer')) return FIELD.trailer
      return equalsIgnoringCase(text, start, end, 'alt-svc') ? FIELD.dropped : prefixedKind(text, start, end)
    case 9:
      return equalsIgnoringCase(text, start, end, 'forwarded') ? FIELD.forwarding : prefixedKind(text, start, end)
    case 10:
      if (equalsIgnoringCase(text, start, end, 'connection')) return FIELD.connection
      return equalsIgnoringCase(text, start, end, 'keep-alive') ? FIELD.keepAlive : prefixedKind(text, start, end)
    case 11:
      return equalsIgnoringCase(text, start, end, 'traceparent') ? FIELD.traceparent : prefixedKind(text, start, end)
    case 13:
      return equalsIgnoringCase(text, start, end, 'x-tenant-code') ? FIELD.tenantCode : prefixedKind(text, start, end)
    case 12:
      return equalsIgnoringCase(text, start, end, 'x-request-id') ? FIELD.forwarding : prefixedKind(text, start, end)
    default:
      return longFieldKind(text, start, end)
  }
}

/** Whether fields of this name go on as the client sent them: neither the codec nor the gateway has a say in them. `name` in any letter case. */
export function isPassedOn(name: string): boolean {
  const kind = fieldKind(name, 0, name.length)
  return kind === FIELD.other || kind === FIELD.accept
}

function longFieldKind(text: string, start: number, end: number): number {
  switch (end - start) {
    case 14:
      if (equalsIgnoringCase(text, start, end, 'content-length')) return FIELD.contentLength
      if (equalsIgnoringCase(text, start, end, 'http2-settings')) return FIELD.dropped
      break
    case 15:
      if (equalsIgnoringCase(text, start, end, 'security-scheme')) return FIELD.dropped
      if (equalsIgnoringCase(text, start, end, 'x-tenant-source')) return FIELD.forwarding
      break
    case 17:
      if (equalsIgnoringCase(text, start, end, 'transfer-encoding')) return FIELD.transferEncoding
      break
    case 25:
      if (equalsIgnoringCase(text, start, end, 'upgrade-insecure-requests')) return FIELD.dropped
      break
  }
  return prefixedKind(text, start, end)
}

/** Of a field that is known by the start of its name alone. */
function prefixedKind(text: string, start: number, end: number): number {
  const first = text.charCodeAt(start) | 0x20
  if (first === 0x70 && end - start > 6 && equalsIgnoringCase(text, start, start + 6, 'proxy-')) return FIELD.dropped
  if (first === 0x78 && end - start > 12 && equalsIgnoringCase(text, start, start + 12, 'x-forwarded-')) return FIELD.forwarding
  return FIELD.other
}
