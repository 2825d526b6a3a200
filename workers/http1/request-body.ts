import { asChunk, canonicalChunks } from './canonical-chunks.ts'
import { CHUNKED, ChunkedReader } from './chunked-reader.ts'
import { REFUSALS, type Refusal } from '../../shared/http1/refusal.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'
import { withoutField } from '../../shared/transforms/header-lines.ts'

/** The body of the request that is read at the moment, in the form that the origin gets. One per connection. */
export class RequestBody {
  isComplete = true
  /** Why the body is not taken, or null. */
  refusal: Refusal | null = null
  /** What came together with the head, as latin1 text. */
  first = ''
  /** How much of the last piece belongs to this body. */
  consumed = 0
  /** Data bytes so far. */
  bytes = 0
  /** Most data bytes; 0: no limit. */
  maxBytes = 0
  #remaining = 0
  #isChunked = false
  /** Data comes bare, and its end by itself (HTTP/2). */
  #isStream = false
  readonly #reader = new ChunkedReader()
  /** Lower-case names of fields that the trailer section must not have. */
  readonly #dropped: string[] = []

  constructor() {
    this.#reader.changeTrailers = (lines) => this.#withoutDropped(lines)
  }

  /** Starts with what came behind the head. Returns how much of it belongs to the body. */
  begin(head: RequestHead, rest: string): number {
    this.refusal = null
    this.bytes = 0
    this.maxBytes = 0
    this.first = ''
    if (this.#dropped.length > 0) this.#dropped.length = 0
    this.#isChunked = head.isChunked
    this.#isStream = false
    if (head.isChunked) return this.#beginChunked(rest)
    const length = head.contentLength
    if (length <= 0) {
      this.isComplete = true
      return 0
    }
    this.isComplete = rest.length >= length
    this.first = this.isComplete ? rest.slice(0, length) : rest
    this.bytes = this.first.length
    this.#remaining = length - this.first.length
    return this.first.length
  }

  /** Starts a body that comes as bare data. `hasBody`: more than the head is to come. */
  beginStream(head: RequestHead, hasBody: boolean): void {
    this.begin(head, '')
    this.#isStream = true
    this.isComplete = !hasBody
    if (!hasBody && head.contentLength > 0) this.refusal = REFUSALS.badContentLength
  }

  /** The end of such a body; `trailers` is null when they are malformed. Returns what else goes to the origin: the last chunk with the trailer section, or null. */
  endStream(trailers: string | null): Buffer | null {
    const wasComplete = this.isComplete
    this.isComplete = true
    if (trailers === null) this.refusal = REFUSALS.badTrailer
    if (!this.#isChunked && this.#remaining > 0) this.refusal = REFUSALS.badContentLength
    return this.#isChunked && !wasComplete && trailers !== null ? Buffer.from(lastChunk(this.#withoutDropped(trailers)), 'latin1') : null
  }

  /** Keeps a field out of the trailer section, also of one that came with the head. `name` in lower case. */
  dropTrailer(name: string): void {
    if (!this.#isChunked) return
    this.#dropped.push(name)
    const last = lastChunk(this.#reader.trailerFields)
    if (!this.isComplete || !this.first.endsWith(last)) return
    this.#reader.trailerFields = this.#withoutDropped(this.#reader.trailerFields)
    this.first = this.first.slice(0, -last.length) + lastChunk(this.#reader.trailerFields)
  }

  #withoutDropped(lines: string): string {
    return lines === '' ? '' : this.#dropped.reduce(withoutField, lines)
  }

  #takeStream(buffer: Buffer, length: number): Buffer | null {
    this.consumed = length
    this.bytes += length
    if (!this.#isChunked && length > this.#remaining) this.refusal = REFUSALS.badContentLength
    else if (this.maxBytes > 0 && this.bytes > this.maxBytes) this.refusal = REFUSALS.bodyTooLarge
    this.#remaining -= length
    if (!this.#isChunked) this.isComplete = this.#remaining === 0
    if (!this.#isChunked || length === 0) return length === 0 ? null : buffer
    return asChunk(buffer, length)
  }

  #beginChunked(rest: string): number {
    this.#reader.reset()
    this.isComplete = false
    if (rest === '') return 0
    const buffer = Buffer.from(rest, 'latin1')
    this.first = this.take(buffer, buffer.length)?.toString('latin1') ?? ''
    return this.consumed
  }

  /** Takes buffer[0, length). Returns what goes to the origin: a slice of it, or a buffer of its own; null for nothing. */
  take(buffer: Buffer, length: number): Buffer | null {
    if (this.#isStream) return this.#takeStream(buffer, length)
    if (this.#isChunked) return this.#takeChunked(buffer, length)
    this.consumed = Math.min(length, this.#remaining)
    this.#remaining -= this.consumed
    this.bytes += this.consumed
    this.isComplete = this.#remaining === 0
    return buffer.subarray(0, this.consumed)
  }

  #takeChunked(buffer: Buffer, length: number): Buffer | null {
    this.#reader.at = 0
    const piece = canonicalChunks(this.#reader, buffer, length, false)
    this.consumed = this.#reader.at
    this.bytes += piece.dataBytes
    if (piece.event === CHUNKED.badChunk) this.refusal = REFUSALS.badChunk
    else if (piece.event === CHUNKED.badTrailer) this.refusal = REFUSALS.badTrailer
    else if (this.maxBytes > 0 && this.bytes > this.maxBytes) this.refusal = REFUSALS.bodyTooLarge
    if (piece.event === CHUNKED.end) this.isComplete = true
    return piece.output
  }
}

function lastChunk(trailers: string): string {
  return `0\r\n${trailers}\r\n`
}
