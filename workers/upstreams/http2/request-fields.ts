import { addRawFields } from '../../../shared/http2/field-lines.ts'

/** A request head as an origin gets it, made ready for HTTP/2. */
export interface Http2Request {
  /** Raw names and values. */
  fields: string[]
  isChunked: boolean
  /** -1: none is given. */
  contentLength: number
}

/** Takes apart the head that was written for HTTP/1.1, up to and with its last field line. */
export function http2Request(head: string, scheme: 'http' | 'https'): Http2Request {
  const lineEnd = head.indexOf('\r\n')
  const methodEnd = head.indexOf(' ')
  const targetEnd = head.lastIndexOf(' ', lineEnd)
  const raw: string[] = []
  addRawFields(raw, head.slice(lineEnd + 2))
  const fields = [':method', head.slice(0, methodEnd), ':scheme', scheme, ':authority', '', ':path', head.slice(methodEnd + 1, targetEnd)]
  const request: Http2Request = { fields, isChunked: false, contentLength: -1 }
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!
    const value = raw[index + 1]!
    if (name === 'host') fields[AUTHORITY] = value
    else if (name === 'transfer-encoding') request.isChunked = true
    else fields.push(name, value)
    if (name === 'content-length') request.contentLength = Number(value)
  }
  // Trailers are passed on wherever they come from (RFC 9110 section 6.5.1); gRPC asks for this field.
  fields.push('te', 'trailers')
  return request
}

const AUTHORITY = 5
