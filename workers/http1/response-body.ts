import { asChunk, canonicalChunks } from './canonical-chunks.ts'
import { CHUNKED, ChunkedReader } from './chunked-reader.ts'
import type { ResponseHead } from './response-head.ts'

const NONE = 0
const LENGTH = 1
const CHUNKS = 2
const UNTIL_CLOSE = 3

/** The body of the response that is relayed at the moment, in the form that the client gets (RFC 9112 section 6.3). */
export class ResponseBody {
  isComplete = true
  /** Bytes of data so far. */
  bytes = 0
  isMalformed = false
  /** Bytes came behind the end of the response: the connection must not be used again. */
  hasExtra = false
  /** The body ends with the connection. */
  get endsWithConnection(): boolean {
    return this.#mode === UNTIL_CLOSE
  }
  #mode = NONE
  #remaining = 0
  /** The client gets data alone: it knows no chunks (HTTP/1.0), or needs none (HTTP/2). */
  #isBare = false
  /** The trailer section of a body that was written bare, as lines. */
  trailers = ''
  readonly #reader = new ChunkedReader()

  /** `changeTrailers` makes other lines of a trailer section's; null leaves them. */
  begin(head: ResponseHead, method: string, isBare: boolean, changeTrailers: ((lines: string) => string) | null = null): void {
    this.hasExtra = false
    this.isMalformed = false
    this.bytes = 0
    this.#isBare = isBare
    this.trailers = ''
    this.#mode = modeOf(head, method)
    this.#remaining = head.contentLength
    this.isComplete = this.#mode === NONE || (this.#mode === LENGTH && this.#remaining === 0)
    if (this.#mode !== CHUNKS) return
    this.#reader.reset()
    this.#reader.changeTrailers = changeTrailers
  }

  /** The client cannot see the end of the body but by the end of the connection. */
  get needsClose(): boolean {
    return this.#isBare && (this.#mode === CHUNKS || this.#mode === UNTIL_CLOSE)
  }

  /** The framing field for the client, with CR LF; empty where there is none. */
  framing(head: ResponseHead): string {
    if (head.status === 204 || head.status < 200) return ''
    if (this.#mode === CHUNKS || this.#mode === UNTIL_CLOSE) return this.#isBare ? '' : 'Transfer-Encoding: chunked\r\n'
    if (head.contentLength >= 0) return `Content-Length: ${head.contentLength}\r\n`
    return ''
  }

  /** What came together with the head, for the client. */
  first(rest: string): string {
    if (rest === '') return ''
    if (this.#mode === LENGTH && rest.length <= this.#remaining) {
      this.#remaining -= rest.length
      this.bytes = rest.length
      this.isComplete = this.#remaining === 0
      return rest
    }
    const buffer = Buffer.from(rest, 'latin1')
    return this.take(buffer, buffer.length)?.toString('latin1') ?? ''
  }

  /** Takes buffer[0, length). Returns what goes to the client: a slice of it or a buffer of its own; null for nothing. */
  take(buffer: Buffer, length: number): Buffer | null {
    switch (this.#mode) {
      case LENGTH: {
        const taken = Math.min(length, this.#remaining)
        this.#remaining -= taken
        this.bytes += taken
        this.isComplete = this.#remaining === 0
        this.hasExtra = taken < length
        return taken === 0 ? null : buffer.subarray(0, taken)
      }
      case CHUNKS:
        return this.#takeChunks(buffer, length)
      case UNTIL_CLOSE:
        this.bytes += length
        return this.#isBare ? buffer.subarray(0, length) : asChunk(buffer, length)
      default:
        this.hasExtra = true
        return null
    }
  }

  /** What ends the body when the origin's connection ended in order. */
  lastChunk(): string {
    return this.#isBare ? '' : '0\r\n\r\n'
  }

  #takeChunks(buffer: Buffer, length: number): Buffer | null {
    this.#reader.at = 0
    const piece = canonicalChunks(this.#reader, buffer, length, this.#isBare)
    this.bytes += piece.dataBytes
    if (piece.event === CHUNKED.badChunk || piece.event === CHUNKED.badTrailer) this.isMalformed = true
    if (piece.event === CHUNKED.end) {
      this.isComplete = true
      this.hasExtra = this.#reader.at < length
      if (this.#isBare) this.trailers = this.#reader.trailerFields
    }
    return piece.output
  }
}

/** 204, 304 and answers to HEAD carry no body whatever the origin says or sends (RFC 9112 section 6.3). */
export function carriesBody(status: number, method: string): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304
}

function modeOf(head: ResponseHead, method: string): number {
  if (!carriesBody(head.status, method)) return NONE
  if (head.isChunked) return CHUNKS
  return head.contentLength >= 0 ? LENGTH : UNTIL_CLOSE
}
