import type { ClientHttp2Stream } from 'node:http2'
import { fieldLinesOf } from '../../../shared/http2/field-lines.ts'
import { headerObject } from '../../http2/header-object.ts'
import { canonicalChunks } from '../../http1/canonical-chunks.ts'
import { CHUNKED, ChunkedReader, MAX_TRAILER_BYTES } from '../../http1/chunked-reader.ts'
import type { Origin, OriginUser } from '../origin.ts'
import { type Http2Session, MOST_HEADER_BYTES } from './http2-session.ts'
import { type Http2Request, http2Request } from './request-fields.ts'
import { STREAM_REFUSED } from './stream-errors.ts'

/** RFC 9113 section 7. */
const CANCEL = 8
const REFUSED_STREAM = 7
const NO_ERROR = 0

const CONNECTION_FIELDS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])

/** One stream of an HTTP/2 session to an origin, which takes and gives HTTP/1.1: so everything that holds for origins holds for it. */
export class Http2Origin implements Origin {
  readonly address: string
  user: OriginUser | null
  readonly isConnection = false
  isReused = false
  idleUntil = 0
  idleSince = 0
  onGone: ((origin: Origin) => void) | null = null
  readonly #session: Http2Session
  #stream: ClientHttp2Stream | null = null
  #request: Http2Request | null = null
  #left = 0
  readonly #reader = new ChunkedReader()
  #trailers = ''
  #isRequestOver = false
  #isChunked = false
  #responseTrailers = ''
  #hasEnded = false

  constructor(session: Http2Session, user: OriginUser) {
    this.#session = session
    this.address = session.address
    this.user = user
  }

  get hasTcp(): boolean {
    return this.#session.hasTcp
  }

  get isAlive(): boolean {
    return false
  }

  get waiting(): number {
    return this.#stream?.writableLength ?? 0
  }

  /** The session ended. A stream that was never opened hears it from nobody else. */
  onSessionClosed(error: string): void {
    if (this.#stream === null) this.#closed(error)
  }

  /** The session can be used. */
  onReady(): void {
    this.#guarded(() => this.user?.onOriginConnect())
  }

  write(data: string | Buffer): void {
    if (this.#request !== null) return this.#writeBody(typeof data === 'string' ? Buffer.from(data, 'latin1') : data)
    const text = typeof data === 'string' ? data : data.toString('latin1')
    const headEnd = text.indexOf('\r\n\r\n')
    this.#open(http2Request(text.slice(0, headEnd + 2), this.#session.scheme))
    if (headEnd + 4 < text.length) this.#writeBody(Buffer.from(text.slice(headEnd + 4), 'latin1'))
  }

  #open(request: Http2Request): void {
    this.#request = request
    this.#left = request.contentLength
    const hasNoBody = !request.isChunked && request.contentLength <= 0
    this.#isRequestOver = hasNoBody
    this.#reader.reset()
    const stream = this.#session.request(request.fields, { endStream: hasNoBody, waitForTrailers: request.isChunked })
    // Whoever is writing hears of it when he is done.
    if (typeof stream === 'string') return process.nextTick(() => this.#closed(stream))
    this.#stream = stream
    stream.on('wantTrailers', () => this.#guarded(() => stream.sendTrailers(headerObject(this.#trailers))))
    stream.on('headers', (_headers, _flags, raw) => this.#guarded(() => this.#readHead(raw, false)))
    stream.on('response', (_headers, flags, raw) => this.#guarded(() => this.#readHead(raw, (flags & END_STREAM) !== 0)))
    stream.on('data', (data: Buffer) => this.#guarded(() => this.#readData(data)))
    stream.on('trailers', (_headers, _flags, raw) => {
      this.#responseTrailers = fieldLinesOf(raw, CONNECTION_FIELDS, MAX_TRAILER_BYTES) ?? MALFORMED
    })
    // Node ends the body also when the session is lost; then the stream is destroyed already.
    stream.on('end', () => stream.destroyed || this.#guarded(() => this.#readEnd()))
    stream.on('drain', () => this.#guarded(() => this.user?.onOriginDrain()))
    stream.on('error', () => {})
    stream.on('close', () => this.#closed(stream.rstCode === REFUSED_STREAM || this.#session.refused(stream.id) ? STREAM_REFUSED : `HTTP2_${stream.rstCode}`))
  }

  #writeBody(data: Buffer): void {
    if (this.#request!.isChunked) return this.#writeChunks(data)
    this.#left -= data.length
    this.#isRequestOver = this.#left <= 0
    // The bytes lie in a buffer that is read into again as soon as this returns.
    this.#stream?.write(Buffer.from(data))
    if (this.#isRequestOver) this.#stream?.end()
  }

  #writeChunks(data: Buffer): void {
    this.#reader.at = 0
    const { output, event } = canonicalChunks(this.#reader, data, data.length, true)
    if (output !== null) this.#stream?.write(output)
    if (event !== CHUNKED.end) return
    this.#isRequestOver = true
    this.#trailers = this.#reader.trailerFields
    this.#stream?.end()
  }

  /** Gives the head on as HTTP/1.1. `isOver`: no body follows. */
  #readHead(raw: readonly string[], isOver: boolean): void {
    const status = raw[raw.indexOf(':status') + 1]
    const fields = fieldLinesOf(raw, CONNECTION_FIELDS, MOST_HEADER_BYTES)
    if (fields === null || status === undefined) return this.#give(Buffer.from(`${MALFORMED}\r\n`))
    const isFinal = Number(status) >= 200
    const hasLength = /^content-length:/m.test(fields)
    this.#hasEnded = isOver
    this.#isChunked = isFinal && !isOver && !hasLength
    const framing = this.#isChunked ? 'transfer-encoding: chunked\r\n' : isFinal && isOver && !hasLength && this.#mayHaveBody(status) ? 'content-length: 0\r\n' : ''
    this.#give(Buffer.from(`HTTP/1.1 ${status} \r\n${fields}${framing}\r\n`, 'latin1'))
  }

  /** Whether no length would be taken for a body until the end of the connection. */
  #mayHaveBody(status: string): boolean {
    return status !== '204' && status !== '304' && this.#request?.fields[1] !== 'HEAD'
  }

  #readData(data: Buffer): void {
    if (data.length === 0) return
    // The response was whole already.
    if (this.user === null) return this.#stream?.close(CANCEL)
    this.#give(this.#isChunked ? Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, CRLF]) : data)
  }

  #readEnd(): void {
    this.#hasEnded = true
    if (this.#isChunked) this.#give(Buffer.from(`0\r\n${this.#responseTrailers}\r\n`, 'latin1'))
    else this.user?.onOriginEnd()
  }

  #give(data: Buffer): void {
    if (this.user !== null && !this.user.onOriginData(data, data.length)) this.#stream?.pause()
  }

  #guarded(work: () => void, user = this.user): void {
    try {
      work()
    } catch (error) {
      user?.onDefect(error)
    }
  }

  #closed(error: string): void {
    const { user } = this
    this.user = null
    this.#guarded(() => {
      this.#leave()
      user?.onOriginClose(error)
    }, user)
  }

  #leave(): void {
    const { onGone } = this
    this.onGone = null
    this.#session.leave(this)
    onGone?.(this)
  }

  pause(): void {
    this.#stream?.pause()
  }

  resume(): void {
    this.#stream?.resume()
  }

  end(): void {
    this.#stream?.end()
  }

  /** The response was whole: the stream ends by itself. */
  finish(): void {
    this.user = null
    this.#stream?.resume()
    this.#leave()
  }

  destroy(): void {
    this.user = null
    const stream = this.#stream
    if (stream !== null && !stream.closed && !(this.#hasEnded && this.#isRequestOver)) stream.close(this.#hasEnded ? NO_ERROR : CANCEL)
    this.#leave()
  }

  readIntoOwnBuffer(): void {}

  replaceOwnBuffer(): void {}

  reclaimBuffers(): void {}

  readIntoSharedBuffer(): void {}

  keepAlive(): void {}
}

const END_STREAM = 1
/** A line that is refused, in a head and among trailers. */
const MALFORMED = 'malformed\r\n'
const CRLF = Buffer.from('\r\n')
