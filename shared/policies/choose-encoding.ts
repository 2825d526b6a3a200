import type { Compression, ContentEncoding } from '../schema/compression.ts'
import { fieldValue, withField, withoutField } from '../transforms/header-lines.ts'

/** An exchange as compression sees it. Field lines end with CR LF. */
export interface CompressibleAnswer {
  readonly requestFields: string
  readonly status: number
  readonly fields: string
  /** -1: not known. */
  readonly contentLength: number
}

/** `encoding`: of the body, or of the one that a GET would have got. `varies`: another client could get another encoding. */
export interface ChosenEncoding {
  readonly encoding: ContentEncoding | null
  readonly varies: boolean
}

const AS_IT_IS: ChosenEncoding = { encoding: null, varies: false }
const EVENT_STREAM = 'text/event-stream'
/** What is said of bytes that are no longer the ones sent. */
const OF_THE_BYTES = ['content-md5', 'digest', 'content-digest', 'repr-digest']

/**
 * How an answer is compressed; not at all where it is already, must not be (RFC 9111 section 5.2.2.6), is a part, or is too
 * small. An answer to HEAD says what one to GET would (RFC 9110 section 9.3.2). A 304 says what the 200 did (section 15.4.5),
 * but mostly tells neither its type nor its length: without a type it counts as one that is compressed. A Vary too many only
 * costs a cache some room. A strong ETag would find no stored answer whose ETag was made weak (RFC 9111 section 4.3.4), while a
 * weak one finds both kinds, and If-None-Match compares weakly.
 */
export function chooseEncoding({ encodings, types, minBytes, eventStreams }: Compression, { requestFields, status, fields, contentLength }: CompressibleAnswer): ChosenEncoding {
  if (status < 200 || status === 204 || status === 206) return AS_IT_IS
  const isNotModified = status === 304
  if (!isNotModified && contentLength >= 0 && (contentLength < minBytes || contentLength === 0)) return AS_IT_IS
  const coding = fieldValue(fields, 'content-encoding')
  if (coding !== null && coding.toLowerCase() !== 'identity') return AS_IT_IS
  if (forbidsTransform(fields) || forbidsTransform(requestFields)) return AS_IT_IS
  const type = (fieldValue(fields, 'content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase()
  const isWanted = type === EVENT_STREAM ? eventStreams : types.some((wanted) => wanted === type || (wanted.endsWith('/*') && type.startsWith(wanted.slice(0, -1))))
  return isWanted || (isNotModified && type === '') ? { encoding: acceptedEncoding(fieldValue(requestFields, 'accept-encoding'), encodings), varies: true } : AS_IT_IS
}

export function isEventStream(fields: string): boolean {
  return /^content-type:[ \t]*text\/event-stream[ \t]*(;|\r)/im.test(fields)
}

function forbidsTransform(fields: string): boolean {
  return /(^|[\s,])no-transform([\s,;]|$)/i.test(fieldValue(fields, 'cache-control') ?? '')
}

/** The one that the client prefers (RFC 9110 section 12.5.3); of those it likes alike, the first of ours. */
function acceptedEncoding(header: string | null, encodings: readonly ContentEncoding[]): ContentEncoding | null {
  if (header === null) return null
  const weights = new Map<string, number>()
  for (const item of header.split(',', 32)) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    const q = weight === undefined ? 1 : Number(weight.slice(2))
    weights.set(name === 'x-gzip' ? 'gzip' : name, q >= 0 && q <= 1 ? q : 0)
  }
  let best: ContentEncoding | null = null
  // An answer as it is is always fine; only what is liked as much as that is worth the work.
  let bestWeight = Math.max(0, (weights.get('identity') ?? 0) - Number.EPSILON)
  for (const encoding of encodings) {
    const weight = weights.get(encoding) ?? weights.get('*') ?? 0
    if (weight > bestWeight) [best, bestWeight] = [encoding, weight]
  }
  return best
}

/** The field lines of the answer as the client gets it. What was said of the bytes before is no longer true. */
export function encodedFields(fields: string, { encoding, varies }: ChosenEncoding, status: number): string {
  const vary = fieldValue(fields, 'vary') ?? ''
  const known = varies && !/(^|[\s,])(accept-encoding|\*)([\s,]|$)/i.test(vary) ? withField(fields, 'Vary', 'Accept-Encoding') : fields
  if (encoding === null) return known
  const lines = withoutField(withoutField(withoutDigests(known), 'content-encoding'), 'accept-ranges').replace(/^(etag:[ \t]*)"/im, '$1W/"')
  // A 304 describes no body.
  return status === 304 ? lines : withField(lines, 'Content-Encoding', encoding)
}

/** The field lines of a head or a trailer section without sums over the body's bytes. */
export function withoutDigests(fields: string): string {
  let lines = fields
  for (const name of OF_THE_BYTES) lines = withoutField(lines, name)
  return lines
}
