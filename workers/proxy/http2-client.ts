import type { ServerHttp2Stream } from 'node:http2'
import { addRawFields, fieldLinesOf } from '../../shared/http2/field-lines.ts'
import type { Refusal } from '../../shared/http1/refusal.ts'
import { parseRequestHead } from '../../shared/http1/request-head.ts'
import { allowedTrailers, MAX_TRAILER_BYTES } from '../http1/chunked-reader.ts'
import type { FloodGuard } from '../http2/flood-guard.ts'
import { requestText } from '../http2/request-text.ts'
import type { Timed } from '../state/timing-wheel.ts'
import { handshakeRefusal } from '../websocket/handshake.ts'
import type { WebSocket } from '../websocket/web-socket.ts'
import type { WebSocketEnd } from '../websocket/web-socket-end.ts'
import { BodyIntake } from './body-intake.ts'
import type { Client } from './client.ts'
import { type ClientStream, stopUpload } from './client-stream.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import type { Exchange } from './exchange.ts'
import { clientFailure, type ProxyFailure } from './failure.ts'
import { failureAnswer } from './gateway-answer.ts'
import { withHsts } from './hsts.ts'
import type { Peer } from './peer.ts'
import { StreamAnswer } from './stream-answer.ts'
import { streamEnd } from './stream-end.ts'
import type { ThreadContext } from './thread-context.ts'
import { writeAnswer } from './write-answer.ts'

/** The connection that streams belong to. */
export interface StreamPlace {
  readonly thread: ThreadContext
  readonly key: string
  readonly peer: Peer
  readonly guard: FloodGuard
  /** The field line of Strict-Transport-Security; '' for none. */
  readonly hsts: string
  limits(): ConnectionLimits
  /** The exchange for a request. */
  lend(client: Client): Exchange
  giveBack(exchange: Exchange): void
  /** `wasServed`: its answer was whole, or it was a WebSocket's. */
  onStreamClosed(wasServed: boolean): void
}

const NO_EXCEPTION: ReadonlySet<string> = new Set()
const UNBUFFERED = { readIntoOwnBuffer() {}, replaceOwnBuffer() {}, readIntoSharedBuffer() {} }

/** One request of an HTTP/2 connection: a stream that lends an exchange, and writes what that answers. */
export class Http2Client implements Client, Timed {
  wheelTick = -1
  wheelPlace = -1
  readonly #connection: StreamPlace
  readonly #stream: ClientStream
  #exchange: Exchange | null
  #intake: BodyIntake | null = null
  #webSocket: WebSocket | null = null
  /** Of the request; null when they are malformed. */
  #trailers: string | null = ''
  #isPaused = false
  readonly #answer: StreamAnswer

  constructor(connection: StreamPlace, stream: ClientStream) {
    this.#connection = connection
    this.#stream = stream
    this.#answer = new StreamAnswer(stream, this)
    this.#exchange = connection.lend(this)
    stream.on('error', () => {})
    stream.on('drain', () => this.#guarded(() => (this.#webSocket === null ? this.#exchange?.onClientDrain() : this.#webSocket.onClientDrain())))
    stream.on('close', () => this.#guarded(() => this.#onClose()))
  }

  get thread(): ThreadContext {
    return this.#connection.thread
  }

  get key(): string {
    return this.#connection.key
  }

  get peer(): Peer {
    return this.#connection.peer
  }

  get waiting(): number {
    return this.#stream.writableLength
  }

  get isClear(): boolean {
    return true
  }

  get framesBodies(): boolean {
    return true
  }

  /** Serves the request whose head came. `hasBody`: the head did not end the stream. */
  begin(raw: readonly string[], hasBody: boolean): void {
    this.#guarded(() => this.#begin(raw, hasBody))
  }

  #begin(raw: readonly string[], hasBody: boolean): void {
    const exchange = this.#exchange
    // The client may have gone before http2-proxy was ready.
    if (exchange === null) return
    const { head, body, record } = exchange
    const limits = this.#connection.limits()
    const read = requestText(raw, hasBody, limits.maxHeaderBytes)
    if ('status' in read) {
      this.#connection.guard.head(raw.reduce((bytes, text) => bytes + text.length, 0))
      return this.#refuse(read)
    }
    record.bytesIn = read.text.length
    this.#connection.guard.head(read.text.length)
    const refused = parseRequestHead(read.text, 0, read.text.length, limits.maxHeaders, head) ?? (read.isWebSocket ? handshakeRefusal(head) : null)
    if (refused !== null) return this.#refuse(refused)
    body.beginStream(head, hasBody && !read.isWebSocket)
    if (body.refusal !== null) return this.#refuse(body.refusal)
    exchange.begin()
    if (this.#exchange === exchange && !body.isComplete) this.#readBody(exchange)
  }

  #readBody(exchange: Exchange): void {
    const { thread } = this
    this.#intake = new BodyIntake(this, UNBUFFERED)
    this.#intake.begin(exchange, this.#connection.limits(), thread.state.now)
    const stream = this.#stream
    stream.on('trailers', (_headers, _flags, raw) => {
      const lines = fieldLinesOf(raw, NO_EXCEPTION, MAX_TRAILER_BYTES)
      this.#connection.guard.head(lines?.length ?? MAX_TRAILER_BYTES)
      this.#trailers = lines === null ? null : allowedTrailers(lines)
    })
    stream.on('data', (data: Buffer) => this.#guarded(() => this.#onData(data)))
    stream.on('end', () => this.#guarded(() => this.#onEnd()))
    if (this.#isPaused) stream.pause()
  }

  #onData(data: Buffer): void {
    if (this.#exchange !== null && !this.#exchange.body.isComplete) this.#intake?.take(this.#exchange, data, data.length)
  }

  #onEnd(): void {
    const exchange = this.#exchange
    if (exchange === null || this.#stream.destroyed) return
    const last = exchange.body.endStream(this.#trailers)
    if (exchange.body.refusal !== null) return exchange.onBodyRefused(exchange.body.refusal)
    if (last !== null) exchange.onBody(last)
  }

  pause(): void {
    this.#isPaused = true
    this.#intake?.onPause()
    this.#stream.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#stream.resume()
  }

  onBodyWritten(): void {}

  arm(time: number): void {
    this.thread.wheel.arm(this, time)
  }

  onTime(now: number): number {
    const exchange = this.#exchange
    if (exchange === null) return Infinity
    if (exchange.body.isComplete || this.#intake === null) return exchange.onTime(now)
    const refused = this.#intake.timedOut(exchange, now, this.#isPaused)
    if (refused === null) return Math.min(this.#intake.dueAt, exchange.onTime(now))
    exchange.onBodyRefused(refused)
    return Infinity
  }

  writeContinue(): void {
    this.#answer.interim(100, '')
  }

  writeInterim(status: number, _statusText: string, fields: string): void {
    this.#answer.interim(status, fields)
  }

  respond(status: number, _statusText: string, fields: string, framing: string, _close: boolean, first: string, isWhole: boolean): void {
    const raw = [':status', String(status)]
    addRawFields(raw, withHsts(fields, this.#connection.hsts) + framing)
    this.#exchange!.record.bytesOut += fields.length + first.length
    if (isWhole) this.#answer.whole(raw, first)
    else this.#answer.begin(raw, first, framing === '')
  }

  write(data: Buffer): boolean {
    this.#exchange!.record.bytesOut += data.length
    this.#answer.write(data)
    return false
  }

  writeLast(): void {}

  #refuse(refusal: Refusal): void {
    this.answer(clientFailure(refusal))
  }

  answer(failure: ProxyFailure, changeFields: ((fields: string) => string) | null = null): void {
    if (this.#exchange === null) return
    const { head, record } = this.#exchange
    this.thread.state.countFailure(failure.code)
    record.status = failure.status
    record.failureCode = failure.code
    writeAnswer(this, failureAnswer(failure, head, record.requestId, changeFields), false)
    this.onResponseEnd(false, '')
  }

  mustClose(): boolean {
    return false
  }

  onResponseEnd(_close: boolean, trailers: string): void {
    const exchange = this.#exchange
    if (exchange === null) return
    const isRequestOver = exchange.body.isComplete
    this.#answer.end(trailers)
    this.#giveBack()
    if (isRequestOver) return
    this.#connection.guard.stopped()
    stopUpload(this.#stream)
  }

  switchProtocols(fields: string, open: (client: WebSocketEnd) => WebSocket, rest: Buffer): void {
    const raw = [':status', '200']
    addRawFields(raw, fields.replace(/^sec-websocket-accept:.*\r\n/im, ''))
    // Cut, the stream ends the exchange, and that the origin's connection.
    if (!this.#answer.begin(raw, '', false)) return
    // A WebSocket never comes through http2-proxy.
    const webSocket = open(streamEnd(this.#stream as ServerHttp2Stream))
    this.#webSocket = webSocket
    this.#giveBack()
    this.#stream.on('data', (data: Buffer) => this.#guarded(() => {
      if (!webSocket.onClientData(data, data.length)) this.#stream.pause()
    }))
    this.#stream.on('end', () => this.#guarded(() => webSocket.onClientEnd()))
    if (rest.length > 0) webSocket.onOriginData(rest, rest.length)
    this.#stream.resume()
  }

  #giveBack(): void {
    const exchange = this.#exchange
    if (exchange === null) return
    this.#exchange = null
    this.thread.wheel.disarm(this)
    this.#connection.giveBack(exchange)
  }

  #onClose(): void {
    const wasServed = this.#exchange === null
    this.#exchange?.onClientClose()
    this.#giveBack()
    this.#webSocket?.onClientClose()
    this.#connection.onStreamClosed(wasServed)
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.onDefect(error)
    }
  }

  onDefect(error: unknown): void {
    this.thread.log.error({ err: error }, 'a defect in the proxy; its stream was cut')
    this.thread.state.countFailure('defect')
    if (this.#exchange !== null) this.#exchange.record.failureCode = 'defect'
    this.destroy()
  }

  /** With an error: without one Node ends the stream in order first, and half an answer would look whole. */
  destroy(): void {
    this.#stream.destroy(new Error('cut'))
  }
}
