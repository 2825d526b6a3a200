import { performance } from 'node:perf_hooks'
import { transformResponse, transformTrailers } from '../../shared/transforms/apply-transforms.ts'
import { HEAD, HeadBuffer } from '../http1/head-buffer.ts'
import { latin1Text } from '../http1/latin1-text.ts'
import { REFUSALS } from '../../shared/http1/refusal.ts'
import { carriesBody, ResponseBody } from '../http1/response-body.ts'
import { parseResponseHead, ResponseHead } from '../http1/response-head.ts'
import { isHandshakeAnswer } from '../websocket/handshake.ts'
import type { OriginUser } from '../upstreams/origin.ts'
import type { Client } from './client.ts'
import { dateLine } from './date-line.ts'
import { clientFailure, FAILURES, type ProxyFailure } from './failure.ts'
import { encodedFields, withoutDigests } from '../../shared/policies/choose-encoding.ts'
import type { RuntimeResponseGuard } from '../policies/admission.ts'
import { CompressedAnswer, type CompressionOwner, encodingOf } from './compressed-answer.ts'
import { GuardWatch } from './guard-watch.ts'
import { RateWatch } from './rate-watch.ts'
import type { ResponseOwner } from './response-owner.ts'
import type { RuntimeRoute } from './runtime.ts'

const MAX_HEAD_BYTES = 65_536
/** Interim responses before the final one. */
const MOST_INTERIM = 16
/** Bytes that may wait for a slow client before the origin is no longer read. */
const MOST_WAITING = 262_144

/** Reads what the origin sends for one exchange and relays it to the client. Used again for every request. */
export class OriginResponse implements OriginUser, CompressionOwner {
  readonly #exchange: ResponseOwner
  readonly #headBuffer = new HeadBuffer()
  readonly #head = new ResponseHead()
  readonly #body = new ResponseBody()
  readonly #rate = new RateWatch()
  #interim = 0
  #hasBytes = false
  /** The final head went to the client; from here on a failure can only cut the connection. */
  hasStarted = false
  #close = false
  /** Null where the answer goes out as it came. */
  #compressed: CompressedAnswer | null = null
  readonly #guard = new GuardWatch()

  constructor(exchange: ResponseOwner) {
    this.#exchange = exchange
  }

  reset(): void {
    this.#headBuffer.consume(this.#headBuffer.text.length)
    this.#interim = 0
    this.#hasBytes = false
    this.hasStarted = false
    this.#close = false
    this.#guard.begin(null, 0)
    this.#rate.begin(0, 0)
    this.abandon()
  }

  /** Nobody waits for what is still compressed. */
  abandon(): void {
    this.#compressed?.destroy()
    this.#compressed = null
  }

  /** `since`: when the request began. */
  guard(guard: RuntimeResponseGuard | null, since: number): void {
    this.#guard.begin(guard, since)
  }

  get client(): Client {
    return this.#exchange.client
  }

  get lastActivity(): number {
    return this.#exchange.lastActivity
  }

  set lastActivity(time: number) {
    this.#exchange.lastActivity = time
  }

  onDefect(error: unknown): void {
    this.#exchange.onDefect(error)
  }

  onOriginConnect(): void {
    this.#exchange.onConnected()
  }

  onOriginDrain(): void {
    const { client, origin } = this.#exchange
    if (origin !== null && origin.waiting === 0) client.onBodyWritten()
    client.resume()
  }

  onOriginData(buffer: Buffer, length: number): boolean {
    const exchange = this.#exchange
    this.#hasBytes = true
    // A head has to come as a whole in time: one that drips does not count as life.
    if (!this.hasStarted) return this.#readHead(latin1Text(buffer, 0, length))
    exchange.lastActivity = exchange.client.thread.state.now
    const output = this.#body.take(buffer, length)
    if (this.#isTooLarge(this.#body.bytes)) return true
    if (this.#compressed !== null) return this.#compress(this.#compressed, output)
    if (output !== null) this.#relay(output, output.buffer === buffer.buffer)
    return this.#afterPiece()
  }

  #relay(output: Buffer, isSlice: boolean): void {
    const { client, origin } = this.#exchange
    if (client.isClear) origin?.reclaimBuffers()
    if (client.write(output) && isSlice) origin?.replaceOwnBuffer()
  }

  #readHead(text: string): boolean {
    let piece = text
    this.#headBuffer.append(text)
    for (;;) {
      const found = this.#headBuffer.find(piece, MAX_HEAD_BYTES)
      if (found === HEAD.incomplete) return true
      const { end, bodyStart } = this.#headBuffer
      const whole = this.#headBuffer.text
      if (found !== HEAD.complete || !parseResponseHead(whole, 0, end, this.#head) || !this.#isExpected()) return this.#fail(FAILURES.badResponse)
      this.#headBuffer.consume(bodyStart)
      this.#exchange.lastActivity = this.#exchange.client.thread.state.now
      if (this.#head.status >= 200) return this.#start(whole.slice(bodyStart))
      if (this.#head.status === 101) return this.#switch(Buffer.from(whole.slice(bodyStart), 'latin1'))
      this.#relayInterim()
      piece = this.#headBuffer.text
      if (piece === '') return true
    }
  }

  /** The origin's connection is a WebSocket's from now on, and no longer read here. */
  #switch(rest: Buffer): boolean {
    const { transforms } = this.#exchange.route!
    this.#exchange.record.status = 101
    this.#exchange.record.firstByteAt = performance.now()
    this.#exchange.onSwitched(transforms === null ? this.#head.fields : this.#changed(this.#head.fields, transformResponse), rest)
    return true
  }

  /** 101 only where it was asked for, and with the proof that it was understood; interim responses may not go on for ever or carry a body. */
  #isExpected(): boolean {
    const { status, isChunked, contentLength } = this.#head
    if (status >= 200) return true
    if (status === 101) return this.#exchange.head.isWebSocketUpgrade && this.#head.isWebSocketUpgrade && isHandshakeAnswer(this.#exchange.head.fields, this.#head.fields)
    return ++this.#interim <= MOST_INTERIM && !isChunked && contentLength === -1
  }

  /** 100 was the gateway's own affair; others are passed on to clients that know them (RFC 9110 section 15.2). */
  #relayInterim(): void {
    const { status, statusText, fields } = this.#head
    if (status !== 100) this.#exchange.client.writeInterim(status, statusText, fields)
  }

  /** Sends the head, with what came of the body, in one write. */
  #start(rest: string): boolean {
    const exchange = this.#exchange
    const { client, record } = exchange
    const head = this.#head
    const body = this.#body
    const { isHttp10, method } = exchange.head
    this.#headBuffer.consume(this.#headBuffer.text.length)
    if (head.status >= 500 && exchange.retriesStatus(head.status)) return true
    const hasBody = carriesBody(head.status, method)
    if (hasBody && this.#isTooLarge(head.contentLength)) return true
    const { transforms, admission } = exchange.route!
    const changed = transforms === null ? head.fields : this.#changed(head.fields, transformResponse)
    const compression = admission === null ? null : admission.compression
    const chosen = compression === null ? null : encodingOf(compression, client.thread.state, { requestFields: exchange.head.fields, status: head.status, fields: changed, contentLength: head.contentLength, isHttp10, hasBody })
    const encoding = chosen === null || !hasBody ? null : chosen.encoding
    body.begin(head, method, isHttp10 || client.framesBodies || encoding !== null, encoding !== null ? this.#changeEncodedTrailers : transforms === null ? null : this.#changeTrailers)
    const first = body.first(rest)
    if (body.isMalformed) return this.#fail(FAILURES.badResponse)
    this.hasStarted = true
    this.#close = client.mustClose() || (isHttp10 && body.needsClose)
    record.status = head.status
    record.firstByteAt = performance.now()
    this.#guard.headCame(client.thread.state.now)
    const answered = exchange.answerFields(chosen === null ? changed : encodedFields(changed, chosen, head.status))
    const fields = head.hasDate ? answered : answered + dateLine(answered)
    if (encoding !== null) {
      client.respond(head.status, head.statusText, fields, client.framesBodies ? '' : 'Transfer-Encoding: chunked\r\n', this.#close, '', false)
      this.#compressed = new CompressedAnswer(this, encoding, changed)
      if (!body.isComplete) this.#goOn()
      return this.#compress(this.#compressed, first === '' ? null : Buffer.from(first, 'latin1'))
    }
    // A length told without a body is that of the body which a GET would get: of a compressed one it is not known.
    const framing = chosen === null || chosen.encoding === null ? body.framing(head) : ''
    client.respond(head.status, head.statusText, fields, framing, this.#close, first, body.isComplete)
    if (!body.isComplete) this.#goOn()
    return this.#afterPiece()
  }

  #compress(compressed: CompressedAnswer, output: Buffer | null): boolean {
    if (compressed.isFinishing) return true
    const goesOn = output === null || compressed.write(output)
    if (this.#body.isMalformed) this.#exchange.onAttemptFailed(FAILURES.badResponse)
    else if (this.#body.isComplete) compressed.finish()
    // Whoever uses the connection next must not find it paused.
    return goesOn || this.#body.isComplete
  }

  onCompressorDrain(): void {
    this.#exchange.origin?.resume()
  }

  onCompressed(): void {
    const { client, body } = this.#exchange
    if (!client.framesBodies) client.writeLast(`0\r\n${this.#body.trailers}\r\n`)
    this.#compressed?.destroy()
    this.#compressed = null
    this.#complete(this.#head.keepAlive && !this.#body.endsWithConnection && !this.#body.hasExtra && body.isComplete && this.#exchange.origin?.isAlive === true)
  }

  onClientDrain(): void {
    this.#compressed?.onClientDrain()
  }

  /** An answer that its policy cuts, or that only counts. */
  #isTooLarge(bytes: number): boolean {
    if (!this.#guard.isTooLarge(bytes, this.#exchange.client.thread.state.refusals)) return false
    return this.#fail(FAILURES.responseTooLarge)
  }

  /** The attempt ends here, and there is nothing left to pause. */
  #fail(failure: ProxyFailure): true {
    this.#exchange.onAttemptFailed(failure)
    return true
  }

  readonly #changeTrailers = (lines: string): string => this.#changed(lines, transformTrailers)
  readonly #changeEncodedTrailers = (lines: string): string => withoutDigests(this.#changeTrailers(lines))

  #changed(fields: string, change: typeof transformResponse): string {
    const { route, context } = this.#exchange
    const draft = { status: this.#head.status, fields }
    if (route?.transforms !== null && route?.transforms !== undefined) change(route.transforms, draft, context)
    return draft.fields
  }

  /** More of the body will come. */
  #goOn(): void {
    const { client, origin, route, upstream } = this.#exchange
    origin?.readIntoOwnBuffer()
    this.#rate.begin(client.thread.state.now, upstream?.minResponseBytesPerSecond ?? 0)
    if (route !== null) client.arm(this.dueAt(route))
  }

  #afterPiece(): boolean {
    const body = this.#body
    if (body.isMalformed) return this.#fail(FAILURES.badResponse)
    if (body.isComplete) {
      this.#complete(this.#head.keepAlive && !body.hasExtra && this.#exchange.body.isComplete)
      return true
    }
    if (this.#exchange.client.waiting < MOST_WAITING) return true
    this.#rate.wasHeldUp = true
    return false
  }

  #complete(reusable: boolean): void {
    this.#exchange.onResponseComplete(this.#head.status, reusable, this.#head.keepAliveSeconds, this.#close, this.#body.trailers)
  }

  onOriginEnd(): void {
    if (this.#compressed !== null && (this.#compressed.isFinishing || this.#body.endsWithConnection)) return this.#compressed.finish()
    if (this.hasStarted && this.#body.endsWithConnection) {
      const last = this.#body.lastChunk()
      if (last !== '') this.#exchange.client.writeLast(last)
      this.#complete(false)
    } else this.#exchange.onOriginClose(this.#hasBytes, '')
  }

  onOriginClose(error: string): void {
    if (this.#compressed?.isFinishing === true) return
    this.#exchange.onOriginClose(this.#hasBytes, error)
  }

  /** When the timeouts are to be looked at. */
  dueAt(route: RuntimeRoute): number {
    return Math.min(this.#exchange.lastActivity + route.activityMs, this.#guard.dueAt, this.#rate.dueAt)
  }

  /** What took too long, and by whose fault; null when nothing did. */
  timedOut(now: number, route: RuntimeRoute): ProxyFailure | null {
    const { client, record, body, lastActivity, origin } = this.#exchange
    const clientIsSlow = client.waiting > 0
    if (clientIsSlow) this.#rate.wasHeldUp = true
    if (this.#rate.isTooSlow(now, this.#compressed === null ? record.bytesOut : this.#body.bytes)) return FAILURES.responseTooSlow
    const guarded = this.#guard.timedOut(now, client.thread.state.refusals)
    if (guarded !== null) return guarded
    if (now - lastActivity < route.activityMs) return null
    if (clientIsSlow) return clientFailure(REFUSALS.responseNotRead)
    const clientOwesBody = !body.isComplete && origin !== null && origin.waiting === 0
    return clientOwesBody ? clientFailure(REFUSALS.bodyTimeout) : FAILURES.responseTimeout
  }
}
