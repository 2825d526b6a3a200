import { type ConnectionOptions, readConnectionOptions, withoutNamedFields } from './connection-options.ts'
import { equalsIgnoringCase, isTarget, isToken } from './characters.ts'
import { parseContentLength } from './content-length.ts'
import { FIELD, fieldKind } from './field-kind.ts'
import { FieldReader } from './field-line.ts'
import { parseAuthority } from './authority.ts'
import { isTraceParent } from './trace-parent.ts'
import { REFUSALS, type Refusal } from './refusal.ts'

/** A request head as it was understood. One per connection, filled again for every request. */
export class RequestHead {
  method = ''
  /** Path as received, without query; starts with "/", or is "*". */
  rawPath = ''
  /** With its "?", or empty. */
  query = ''
  /** Lower-case, without port; IPv6 in brackets. */
  host = ''
  /** Port of the authority, that of the scheme when it has none. */
  hostPort = 80
  /** 80, or 443 over TLS. */
  defaultPort = 80
  /** Host header as received (or the authority of an absolute target). */
  authority = ''
  isHttp10 = false
  /** -1: no Content-Length. */
  contentLength = -1
  isChunked = false
  keepAlive = true
  expectsContinue = false
  isWebSocketUpgrade = false
  accept = ''
  /** A valid W3C traceparent, or empty; another one is not forwarded. */
  traceparent = ''
  /** Values of X-Tenant-Code, joined by ", "; '' where there is none. */
  tenantCode = ''
  /** Field lines for the origin, each with CR LF: no hop-by-hop, framing, Host or forwarding fields. */
  fields = ''
  /** Lines of Forwarded, X-Forwarded-*, X-Request-Id and X-Tenant-* as the client sent them; not among `fields`. */
  forwarding = ''
}

const reader = new FieldReader()
const options: ConnectionOptions = { close: false, keepAlive: false, upgrade: false, named: [] }
const SPACE = 0x20

/**
 * Reads the head in text[start, end), where `end` is behind the CR LF of the last field line.
 * Returns null when it was understood, else why not (RFC 9112, 9110; what is not understood is never forwarded).
 */
export function parseRequestHead(text: string, start: number, end: number, maxFields: number, head: RequestHead): Refusal | null {
  const lineEnd = text.indexOf('\r\n', start)
  const refused = parseRequestLine(text, start, lineEnd, head)
  return refused ?? parseFields(text, lineEnd + 2, end, maxFields, head)
}

/** Method, target and version; `end` is before the CR LF. */
export function parseRequestLine(text: string, start: number, end: number, head: RequestHead): Refusal | null {
  let at = start
  while (at < end && isToken(text.charCodeAt(at))) at++
  if (at === start || text.charCodeAt(at) !== SPACE) return REFUSALS.badRequestLine
  head.method = text.slice(start, at)
  const targetStart = at + 1
  const targetEnd = text.indexOf(' ', targetStart)
  if (targetEnd === -1 || targetEnd >= end || targetEnd === targetStart) return REFUSALS.badRequestLine
  if (end - targetEnd !== 9 || !text.startsWith('HTTP/', targetEnd + 1)) return REFUSALS.badRequestLine
  const major = text.charCodeAt(end - 3)
  const minor = text.charCodeAt(end - 1)
  if (!isDigit(major) || text.charCodeAt(end - 2) !== 0x2e || !isDigit(minor)) return REFUSALS.badRequestLine
  if (major !== 0x31 || minor > 0x31) return REFUSALS.badVersion
  head.isHttp10 = minor === 0x30
  if (head.method === 'CONNECT' || head.method === 'TRACE') return REFUSALS.methodNotAllowed
  for (let index = targetStart; index < targetEnd; index++) {
    if (!isTarget(text.charCodeAt(index))) return REFUSALS.badTarget
  }
  return parseTarget(text.slice(targetStart, targetEnd), head)
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** Origin-form, absolute-form or "*" (RFC 9112 section 3.2). The authority of an absolute target wins over Host. */
function parseTarget(target: string, head: RequestHead): Refusal | null {
  head.authority = ''
  let pathAndQuery = target
  if (target.charCodeAt(0) !== 0x2f) {
    if (target === '*' && head.method === 'OPTIONS') {
      head.rawPath = '*'
      head.query = ''
      return null
    }
    const absolute = /^https?:\/\/([^/?]+)(.*)$/i.exec(target)
    if (absolute === null) return REFUSALS.badTarget
    head.authority = absolute[1]!
    pathAndQuery = absolute[2]!.startsWith('/') ? absolute[2]! : `/${absolute[2]!}`
  }
  const mark = pathAndQuery.indexOf('?')
  head.rawPath = mark === -1 ? pathAndQuery : pathAndQuery.slice(0, mark)
  head.query = mark === -1 ? '' : pathAndQuery.slice(mark)
  return null
}

/** The field lines in text[start, end), and what they say about the host and the body. */
export function parseFields(text: string, start: number, end: number, maxFields: number, head: RequestHead): Refusal | null {
  resetFields(head)
  const absolute = head.authority
  let fields = ''
  let runStart = start
  let count = 0
  let hosts = 0
  let codings = 0
  reader.text = text
  for (let at = start; at < end; ) {
    const lineStart = at
    at = reader.read(at, end)
    if (at === -1) return REFUSALS.badField
    if (++count > maxFields) return REFUSALS.tooManyFields
    const kind = fieldKind(text, reader.nameStart, reader.nameEnd)
    if (kind === FIELD.accept || kind === FIELD.traceparent || kind === FIELD.tenantCode) note(kind, reader.value(), head)
    if (reader.isPlain && (kind === FIELD.other || kind === FIELD.accept || kind === FIELD.trailer)) continue
    if (lineStart > runStart) fields += text.slice(runStart, lineStart)
    runStart = at
    switch (kind) {
      case FIELD.traceparent:
      case FIELD.other:
      case FIELD.accept:
      case FIELD.trailer:
        fields += reader.line()
        break
      case FIELD.tenantCode:
      case FIELD.forwarding:
        head.forwarding += reader.line()
        break
      case FIELD.host:
        hosts++
        head.authority = reader.value()
        break
      case FIELD.contentLength:
        if (head.contentLength !== -1) return REFUSALS.badContentLength
        head.contentLength = parseContentLength(text, reader.valueStart, reader.valueEnd)
        if (head.contentLength === -1) return REFUSALS.badContentLength
        break
      case FIELD.transferEncoding:
        codings++
        if (!equalsIgnoringCase(text, reader.valueStart, reader.valueEnd, 'chunked')) return refuseCoding(reader.value())
        head.isChunked = true
        break
      case FIELD.connection:
        if (!readConnectionOptions(reader.value(), options)) return REFUSALS.badField
        break
      case FIELD.expect:
        if (!equalsIgnoringCase(text, reader.valueStart, reader.valueEnd, '100-continue')) return REFUSALS.badExpect
        head.expectsContinue = true
        break
      case FIELD.upgrade:
        if (/(^|[\s,])websocket([\s,/]|$)/i.test(reader.value())) head.isWebSocketUpgrade = true
        break
    }
  }
  reader.text = ''
  head.fields = end > runStart ? fields + text.slice(runStart, end) : fields
  return finish(head, absolute, hosts, codings)
}

function resetFields(head: RequestHead): void {
  head.contentLength = -1
  head.isChunked = false
  head.expectsContinue = false
  head.isWebSocketUpgrade = false
  head.accept = ''
  head.traceparent = ''
  head.forwarding = ''
  head.tenantCode = ''
  options.close = false
  options.keepAlive = false
  options.upgrade = false
  if (options.named.length > 0) options.named = []
}

function note(kind: number, value: string, head: RequestHead): void {
  if (kind === FIELD.traceparent) takeTrace(value, head)
  else if (kind === FIELD.tenantCode) head.tenantCode = head.tenantCode === '' ? value : `${head.tenantCode}, ${value}`
  else head.accept = head.accept === '' ? value : `${head.accept}, ${value}`
}

/** A malformed or repeated traceparent is dropped together with what belongs to it (W3C Trace Context section 4.3). */
function takeTrace(value: string, head: RequestHead): void {
  if (head.traceparent === '' && !options.named.includes('traceparent') && isTraceParent(value)) head.traceparent = value
  else {
    head.traceparent = ''
    options.named.push('traceparent', 'tracestate')
  }
}

/** A coding that is not chunked: unknown ones are 501, a list that does not end with chunked is 400 (section 6.1). */
function refuseCoding(value: string): Refusal {
  const codings = value.toLowerCase().split(',').map((coding) => coding.trim())
  if (codings.at(-1) === 'chunked' && codings.filter((coding) => coding === 'chunked').length === 1) return REFUSALS.unknownCoding
  return codings.some((coding) => coding === 'chunked') ? REFUSALS.badTransferEncoding : REFUSALS.unknownCoding
}

/** The rules that look at several fields. */
function finish(head: RequestHead, absolute: string, hosts: number, codings: number): Refusal | null {
  if (codings > 1 || (head.isChunked && (head.contentLength !== -1 || head.isHttp10))) return REFUSALS.badTransferEncoding
  if (hosts > 1 || (hosts === 0 && !(head.isHttp10 && absolute !== ''))) return REFUSALS.badHost
  if (hosts === 1 && absolute !== '' && !parseAuthority(head.authority, head)) return REFUSALS.badHost
  if (absolute !== '') head.authority = absolute
  if (!parseAuthority(head.authority, head)) return REFUSALS.badHost
  head.keepAlive = head.isHttp10 ? options.keepAlive && !options.close : !options.close
  if (head.isHttp10) head.expectsContinue = false
  if (!options.upgrade || head.isHttp10) head.isWebSocketUpgrade = false
  if (options.named.length > 0) head.fields = withoutNamedFields(head.fields, options.named)
  return null
}
