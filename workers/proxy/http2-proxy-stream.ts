import { EventEmitter } from 'node:events'
import { constants, Http2ServerRequest, Http2ServerResponse, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream, type ServerStreamResponseOptions } from 'node:http2'
import { Readable } from 'node:stream'
import http2Proxy from 'http2-proxy'
import type { ClientStream } from './client-stream.ts'

/** http2-proxy throws the bodies of these away. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
const FORWARDED = ['drain', 'close', 'error', 'finish'] as const

/** The origin's answer, in the shape of an http.IncomingMessage. */
type ProxiedResponse = Readable & { statusCode: number; headers: Record<string, string | string[]>; httpVersion: string }

/** Whether http2-proxy carries such a request whole: it knows no extended CONNECT, and no body where it expects none. */
export function canBeProxied(headers: IncomingHttpHeaders, hasBody: boolean): boolean {
  const method = headers[':method'] ?? ''
  return method !== 'CONNECT' && !(hasBody && WITHOUT_BODY.has(method))
}

/**
 * A stream whose bytes http2-proxy carries to our exchange and back. To it this is an http.ClientRequest: it writes the
 * request's body here and pipes the response from here. No byte goes from it to an origin: heads and framing are our codec's.
 */
export class Http2ProxyStream extends EventEmitter implements ClientStream {
  readonly #stream: ServerHttp2Stream
  readonly #request: ProxiedRequest
  #response: ProxiedResponse | null = null
  #isPaused = false
  /** What came while nothing was wanted: http2-proxy hears of that with the first piece only. */
  readonly #held: Buffer[] = []
  #hasEnded = false
  #waitsForTrailers = false
  #trailers: OutgoingHttpHeaders = {}
  #wasFull = false

  /** `onReady` is called once http2-proxy listens: not before may the request be served. */
  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[], onReady: () => void) {
    super()
    this.#stream = stream
    for (const event of FORWARDED) stream.on(event, (...given: unknown[]) => this.emit(event, ...given))
    stream.on('trailers', (...given: unknown[]) => this.emit('trailers', ...given))
    this.#request = new ProxiedRequest(this, headers[':method'] ?? '', onReady)
    const request = new Http2ServerRequest(stream, headers, {}, raw as string[])
    const response = new CarriedResponse(stream, () => this.#cut())
    stream.on('wantTrailers', () => this.#sendTrailers())
    void Promise.resolve(http2Proxy.web(request, response, { hostname: '', port: 0, onReq: async () => this.#request as never })).catch(() => this.#cut())
  }

  get destroyed(): boolean {
    return this.#stream.destroyed
  }

  get closed(): boolean {
    return this.#stream.closed
  }

  get writableLength(): number {
    return (this.#response?.readableLength ?? 0) + this.#stream.writableLength
  }

  get writableFinished(): boolean {
    return this.#stream.writableFinished
  }

  /** A piece of the request's body. Returns whether more is wanted at once. */
  take(data: Buffer): boolean {
    if (this.#isPaused) this.#held.push(data)
    else this.emit('data', data)
    return !this.#isPaused
  }

  /** The request's body is over. */
  takeEnd(): void {
    this.#hasEnded = true
    if (!this.#isPaused) this.emit('end')
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    while (this.#held.length > 0 && !this.#isPaused) this.emit('data', this.#held.shift())
    if (this.#isPaused) return
    if (this.#hasEnded) this.emit('end')
    else this.#request.emit('drain')
  }

  additionalHeaders(headers: OutgoingHttpHeaders): void {
    this.#stream.additionalHeaders(headers)
  }

  respond(raw: readonly string[], { waitForTrailers, endStream }: ServerStreamResponseOptions): void {
    this.#waitsForTrailers = waitForTrailers === true
    const response = new Readable({ read: () => this.#onRead() }) as ProxiedResponse
    const { ':status': status = '', ...headers } = headersOf(raw)
    this.#response = Object.assign(response, { statusCode: Number(status), headers: headers as ProxiedResponse['headers'], httpVersion: '1.1' })
    this.#request.emit('response', response)
    if (endStream === true) response.push(null)
  }

  #onRead(): void {
    if (!this.#wasFull) return
    this.#wasFull = false
    this.emit('drain')
  }

  write(data: Buffer): void {
    // The client may have gone before the answer began.
    if (this.#response !== null) this.#wasFull = !this.#response.push(data) || this.#wasFull
  }

  end(data?: Buffer): void {
    const response = this.#response
    if (response === null) return
    if (data !== undefined && data.length > 0) response.push(data)
    if (this.#waitsForTrailers) this.emit('wantTrailers')
    response.push(null)
  }

  sendTrailers(headers: OutgoingHttpHeaders): void {
    this.#trailers = headers
  }

  #sendTrailers(): void {
    try {
      this.#stream.sendTrailers(this.#trailers)
    } catch {
      this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    }
  }

  close(code: number): void {
    this.#stream.close(code)
  }

  destroy(error?: Error): void {
    this.#stream.destroy(error)
  }

  /** http2-proxy gave up: a client must not take what it has for whole. */
  #cut(): void {
    if (!this.#stream.destroyed && !this.#stream.writableEnded) this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }
}

/**
 * What http2-proxy takes for the response to the client. Node's own would send the head, and the trailers, in events in which nobody
 * catches what it throws.
 */
class CarriedResponse extends Http2ServerResponse {
  readonly #onFailure: () => void

  constructor(stream: ServerHttp2Stream, onFailure: () => void) {
    super(stream)
    this.#onFailure = onFailure
    this.sendDate = false
    stream.removeAllListeners('wantTrailers')
  }

  override writeHead(status: number): this {
    try {
      return super.writeHead(status)
    } catch {
      this.#onFailure()
      return this
    }
  }
}

/** What http2-proxy takes for its request to the origin. */
class ProxiedRequest extends EventEmitter {
  readonly method: string
  readonly socket = null
  readonly #stream: Http2ProxyStream

  constructor(stream: Http2ProxyStream, method: string, onReady: () => void) {
    // What http2-proxy throws while it takes the answer fails the request.
    super({ captureRejections: true })
    this.method = method
    this.#stream = stream
    // Its last step before it waits.
    this.once('newListener', function ready(this: ProxiedRequest, event: string): void {
      if (event !== 'socket') return void this.once('newListener', ready)
      queueMicrotask(() => {
        onReady()
        this.emit('socket', { connecting: false })
      })
    })
  }

  write(data: Buffer): boolean {
    return this.#stream.take(data)
  }

  end(): void {
    this.#stream.takeEnd()
  }

  /** The exchange hears of the client's end from the stream itself. */
  abort(): void {}
}

function headersOf(raw: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name, value] = [raw[index]!, raw[index + 1]!]
    const known = headers[name]
    headers[name] = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value]
  }
  return headers
}
