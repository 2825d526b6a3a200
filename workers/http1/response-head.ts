import { type ConnectionOptions, readConnectionOptions, withoutNamedFields } from '../../shared/http1/connection-options.ts'
import { equalsIgnoringCase, isFieldValue } from '../../shared/http1/characters.ts'
import { parseContentLength } from '../../shared/http1/content-length.ts'
import { FIELD, fieldKind } from '../../shared/http1/field-kind.ts'
import { FieldReader } from '../../shared/http1/field-line.ts'

/** An origin's response head as it was understood. One per origin connection, filled again for every response. */
export class ResponseHead {
  status = 0
  /** `status reason` as it is written to the client. */
  statusText = ''
  contentLength = -1
  isChunked = false
  isHttp10 = false
  /** The origin keeps the connection open after this response. */
  keepAlive = true
  /** Seconds of `Keep-Alive: timeout=N`; -1 when it says nothing. */
  keepAliveSeconds = -1
  /** The connection becomes a WebSocket's: with 101 alone. */
  isWebSocketUpgrade = false
  hasDate = false
  /** Field lines for the client, each with CR LF: no hop-by-hop and no framing fields. */
  fields = ''
  /** The lines that all of this was read from, and the version they came with; '' when they are not kept. */
  lines = ''
  linesAreHttp10 = false
}

/** Longer lines are not kept, so that a head holds on to little of what was read. */
const MOST_CHARACTERS = 4096

/** A head has at most this many fields. */
const MAX_FIELDS = 256
const reader = new FieldReader()
const options: ConnectionOptions = { close: false, keepAlive: false, upgrade: false, named: [] }

/**
 * Reads the response head in text[start, end), where `end` is behind the CR LF of the last field line.
 * Returns false for anything that is not exactly a response (RFC 9112 sections 4 to 6).
 */
export function parseResponseHead(text: string, start: number, end: number, head: ResponseHead): boolean {
  const lineEnd = text.indexOf('\r\n', start)
  return parseStatusLine(text, start, lineEnd, head) && readFields(text, lineEnd + 2, end, head)
}

/** Many answers bring the very lines of the one before: comparing them costs a tenth of reading them. */
function readFields(text: string, start: number, end: number, head: ResponseHead): boolean {
  if (text.length > MOST_CHARACTERS) {
    head.lines = ''
    return parseFields(text, start, end, head)
  }
  const lines = text.slice(start, end)
  if (lines !== '' && lines === head.lines && head.isHttp10 === head.linesAreHttp10) return true
  head.lines = ''
  if (!parseFields(text, start, end, head)) return false
  head.lines = lines
  head.linesAreHttp10 = head.isHttp10
  return true
}

function parseStatusLine(text: string, start: number, end: number, head: ResponseHead): boolean {
  if (end - start < 12 || !text.startsWith('HTTP/1.', start)) return false
  const minor = text.charCodeAt(start + 7)
  if ((minor !== 0x30 && minor !== 0x31) || text.charCodeAt(start + 8) !== 0x20) return false
  head.isHttp10 = minor === 0x30
  let status = 0
  for (let index = start + 9; index < start + 12; index++) {
    const digit = text.charCodeAt(index) - 0x30
    if (digit < 0 || digit > 9) return false
    status = status * 10 + digit
  }
  if (status < 100 || status > 599) return false
  if (end > start + 12 && text.charCodeAt(start + 12) !== 0x20) return false
  for (let index = start + 13; index < end; index++) if (!isFieldValue(text.charCodeAt(index))) return false
  head.status = status
  head.statusText = end > start + 12 ? text.slice(start + 9, end) : `${status} `
  return true
}

function parseFields(text: string, start: number, end: number, head: ResponseHead): boolean {
  resetFields(head)
  let fields = ''
  let runStart = start
  let count = 0
  let codings = 0
  reader.text = text
  for (let at = start; at < end; ) {
    const lineStart = at
    at = reader.read(at, end)
    if (at === -1 || ++count > MAX_FIELDS) return false
    const kind = fieldKind(text, reader.nameStart, reader.nameEnd)
    const isForwarded = isForEnd(kind)
    if (reader.nameEnd - reader.nameStart === 4 && equalsIgnoringCase(text, reader.nameStart, reader.nameEnd, 'date')) head.hasDate = true
    if (reader.isPlain && isForwarded) continue
    if (lineStart > runStart) fields += text.slice(runStart, lineStart)
    runStart = at
    if (isForwarded) fields += reader.line()
    else if (kind === FIELD.contentLength) {
      if (head.contentLength !== -1) return false
      head.contentLength = parseContentLength(text, reader.valueStart, reader.valueEnd)
      if (head.contentLength === -1) return false
    } else if (kind === FIELD.transferEncoding) {
      codings++
      if (!equalsIgnoringCase(text, reader.valueStart, reader.valueEnd, 'chunked')) return false
      head.isChunked = true
    } else if (kind === FIELD.connection) {
      if (!readConnectionOptions(reader.value(), options)) return false
    } else if (kind === FIELD.upgrade) head.isWebSocketUpgrade = reader.value().toLowerCase() === 'websocket'
    else if (kind === FIELD.keepAlive) {
      const seconds = /(?:^|[\s,])timeout=(\d{1,6})/i.exec(reader.value())
      if (seconds !== null) head.keepAliveSeconds = Number(seconds[1])
    }
  }
  reader.text = ''
  if (end > runStart) fields += text.slice(runStart, end)
  head.fields = options.named.length > 0 ? withoutNamedFields(fields, options.named) : fields
  if (!options.upgrade) head.isWebSocketUpgrade = false
  head.keepAlive = head.isHttp10 ? options.keepAlive && !options.close : !options.close
  return codings <= 1 && !(head.isChunked && (head.contentLength !== -1 || head.isHttp10))
}

function resetFields(head: ResponseHead): void {
  head.contentLength = -1
  head.isChunked = false
  head.keepAliveSeconds = -1
  head.isWebSocketUpgrade = false
  head.hasDate = false
  options.close = false
  options.keepAlive = false
  options.upgrade = false
  if (options.named.length > 0) options.named = []
}

/** Whether a field of this kind goes from the origin to the client. */
function isForEnd(kind: number): boolean {
  return kind === FIELD.other || kind === FIELD.accept || kind === FIELD.host || kind === FIELD.expect || kind === FIELD.forwarding || kind === FIELD.trailer || kind === FIELD.traceparent
}
