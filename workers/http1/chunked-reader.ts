import { FieldReader } from '../../shared/http1/field-line.ts'
import { FIELD, fieldKind } from '../../shared/http1/field-kind.ts'

const SIZE = 0
const EXTENSION = 1
const SIZE_LF = 2
const DATA = 3
const DATA_CR = 4
const DATA_LF = 5
const TRAILER = 6
const DONE = 7

const MAX_EXTENSION_BYTES = 4096
export const MAX_TRAILER_BYTES = 16_384
const MAX_SIZE_DIGITS = 13

/** What next() found. */
export const CHUNKED = { more: 0, data: 1, end: 2, badChunk: 3, badTrailer: 4 } as const

const fieldReader = new FieldReader()

/**
 * Reads a chunked body (RFC 9112 section 7.1) in any pieces. Chunk extensions are dropped; the trailer section is
 * checked and kept as field lines without those that must not be in one (RFC 9110 section 6.5.1).
 */
export class ChunkedReader {
  #state = SIZE
  #size = 0
  #digits = 0
  #extensionBytes = 0
  #trailer = ''
  /** Where the reader stands in the buffer given last. */
  at = 0
  /** Data found by the last next(): [dataStart, dataEnd). */
  dataStart = 0
  dataEnd = 0
  /** Field lines of the trailer section, each with CR LF; after `end`. */
  trailerFields = ''
  /** Makes other lines of the trailer section's; null leaves them. */
  changeTrailers: ((lines: string) => string) | null = null

  reset(): void {
    this.#state = SIZE
    this.#size = 0
    this.#digits = 0
    this.#extensionBytes = 0
    this.#trailer = ''
    this.trailerFields = ''
  }

  /** Goes on in buffer[at, end) until data, the end of the body, an error or the end of the buffer. */
  next(buffer: Uint8Array, end: number): number {
    while (this.at < end) {
      if (this.#state === DATA) return this.#takeData(end)
      const event = this.#step(buffer[this.at++]!)
      if (event !== CHUNKED.more) return event
    }
    return CHUNKED.more
  }

  #takeData(end: number): number {
    const length = Math.min(this.#size, end - this.at)
    this.dataStart = this.at
    this.dataEnd = this.at += length
    this.#size -= length
    if (this.#size === 0) this.#state = DATA_CR
    return CHUNKED.data
  }

  #step(byte: number): number {
    switch (this.#state) {
      case SIZE:
        return this.#stepSize(byte)
      case EXTENSION:
        if (byte === 0x0d) this.#state = SIZE_LF
        else if (++this.#extensionBytes > MAX_EXTENSION_BYTES || (byte < 0x20 && byte !== 0x09) || byte === 0x7f) return CHUNKED.badChunk
        return CHUNKED.more
      case SIZE_LF:
        if (byte !== 0x0a) return CHUNKED.badChunk
        this.#state = this.#size === 0 ? TRAILER : DATA
        this.#digits = 0
        return CHUNKED.more
      case DATA_CR:
        if (byte !== 0x0d) return CHUNKED.badChunk
        this.#state = DATA_LF
        return CHUNKED.more
      case DATA_LF:
        if (byte !== 0x0a) return CHUNKED.badChunk
        this.#state = SIZE
        return CHUNKED.more
      case TRAILER:
        return this.#stepTrailer(byte)
      default:
        return CHUNKED.badChunk
    }
  }

  #stepSize(byte: number): number {
    const digit = hexDigit(byte)
    if (digit !== -1) {
      if (++this.#digits > MAX_SIZE_DIGITS) return CHUNKED.badChunk
      this.#size = this.#size * 16 + digit
      return CHUNKED.more
    }
    if (this.#digits === 0) return CHUNKED.badChunk
    if (byte === 0x0d) this.#state = SIZE_LF
    else if (byte === 0x3b || byte === 0x20 || byte === 0x09) this.#state = EXTENSION
    else return CHUNKED.badChunk
    return CHUNKED.more
  }

  #stepTrailer(byte: number): number {
    this.#trailer += String.fromCharCode(byte)
    if (this.#trailer.length > MAX_TRAILER_BYTES) return CHUNKED.badTrailer
    if (byte !== 0x0a) return CHUNKED.more
    if (this.#trailer === '\r\n') return this.#finish('')
    if (this.#trailer.endsWith('\r\n\r\n')) return this.#finish(this.#trailer.slice(0, -2))
    return this.#trailer.endsWith('\r\n') ? CHUNKED.more : CHUNKED.badTrailer
  }

  #finish(trailer: string): number {
    this.#state = DONE
    const allowed = allowedTrailers(trailer)
    if (allowed === null) return CHUNKED.badTrailer
    this.trailerFields = allowed
    if (this.changeTrailers !== null) this.trailerFields = this.changeTrailers(this.trailerFields)
    return CHUNKED.end
  }
}

/** The lines of a trailer section without those that must not be in one (RFC 9110 section 6.5.1); null when it is malformed. */
export function allowedTrailers(trailer: string): string | null {
  let allowed = ''
  fieldReader.text = trailer
  for (let at = 0; at < trailer.length; ) {
    at = fieldReader.read(at, trailer.length)
    if (at === -1) return null
    if (isAllowedInTrailer(trailer, fieldReader.nameStart, fieldReader.nameEnd)) allowed += fieldReader.line()
  }
  return allowed
}

/** Framing, routing, authentication and content fields must not come late. */
function isAllowedInTrailer(text: string, start: number, end: number): boolean {
  if (fieldKind(text, start, end) !== FIELD.other) return false
  return !/^(authorization|cookie|set-cookie|content-(encoding|type|range)|cache-control|max-forwards|range|if-.*|www-authenticate|age|date|expires|location|retry-after|vary|x-tenant-.*)$/i.test(text.slice(start, end))
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
