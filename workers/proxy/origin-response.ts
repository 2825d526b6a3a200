import { transformResponse, transformTrailers } from '../../shared/transforms/apply-transforms.ts'
import type { TransformContext } from '../../shared/transforms/drafts.ts'
import { HEAD, HeadBuffer } from '../http1/head-buffer.ts'
import { REFUSALS } from '../../shared/http1/refusal.ts'
import type { RequestBody } from '../http1/request-body.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'
import { ResponseBody } from '../http1/response-body.ts'
import { parseResponseHead, ResponseHead } from '../http1/response-head.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { OriginConnection, OriginUser } from '../upstreams/origin-connection.ts'
import type { Client } from './client.ts'
import { clientFailure, FAILURES, type ProxyFailure } from './failure.ts'
import { RateWatch } from './rate-watch.ts'
import type { RuntimeRoute, RuntimeUpstream } from './runtime.ts'

const MAX_HEAD_BYTES = 65_536
/** Interim responses before the final one. */
const MOST_INTERIM = 16
/** Bytes that may wait for a slow client before the origin is no longer read. */
const MOST_WAITING = 262_144

/** The exchange that a response belongs to. */
export interface ResponseOwner {
  readonly client: Client
  readonly head: RequestHead
  readonly body: RequestBody
  readonly record: RequestRecord
  readonly context: TransformContext
  readonly origin: OriginConnection | null
  readonly route: RuntimeRoute | null
  readonly upstream: RuntimeUpstream | null
  /** Field line that binds the client to its target; '' for none. */
  readonly bindingField: string
  lastActivity: number
  onConnected(): void
  onAttemptFailed(failure: ProxyFailure): void
  onOriginClose(hasBytes: boolean, error: string): void
  /** Whether this status counts as a failed attempt that is made again; then onStatusRetried() follows. */
  retriesStatus(status: number): boolean
  onStatusRetried(status: number): void
  /** `reusable` tells that the origin's connection may serve another request. */
  onResponseComplete(status: number, reusable: boolean, keepAliveSeconds: number, close: boolean): void
}

/** Reads what the origin sends for one exchange and relays it to the client. Used again for every request. */
export class OriginResponse implements OriginUser {
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

  constructor(exchange: ResponseOwner) {
    this.#exchange = exchange
  }

  reset(): void {
    this.#headBuffer.consume(this.#headBuffer.text.length)
    this.#interim = 0
    this.#hasBytes = false
    this.hasStarted = false
    this.#close = false
  }

  onDefect(error: unknown): void {
    this.#exchange.client.onDefect(error)
  }

  onOriginConnect(): void {
    this.#exchange.onConnected()
  }

  onOriginDrain(): void {
    const { client, origin } = this.#exchange
    if (origin !== null && origin.socket.writableLength === 0) client.onBodyWritten()
    client.resume()
  }

  onOriginData(buffer: Buffer, length: number): boolean {
    const exchange = this.#exchange
    this.#hasBytes = true
    // A head has to come as a whole in time: one that drips does not count as life.
    if (!this.hasStarted) return this.#readHead(buffer.toString('latin1', 0, length))
    exchange.lastActivity = exchange.client.thread.state.now
    const output = this.#body.take(buffer, length)
    if (output !== null) this.#relay(output, output.buffer === buffer.buffer)
    return this.#afterPiece()
  }

  #relay(output: Buffer, isSlice: boolean): void {
    const { client, origin } = this.#exchange
    if (client.socket.writableLength === 0) origin?.reclaimBuffers()
    client.write(output)
    if (isSlice && client.socket.writableLength > 0) origin?.replaceOwnBuffer()
  }

  #readHead(text: string): boolean {
    let piece = text
    this.#headBuffer.append(text)
    for (;;) {
      const found = this.#headBuffer.find(piece, MAX_HEAD_BYTES)
      if (found === HEAD.incomplete) return true
      const { end, bodyStart } = this.#headBuffer
      const whole = this.#headBuffer.text
      if (found !== HEAD.complete || !parseResponseHead(whole, 0, end, this.#head) || !this.#isExpected()) {
        this.#exchange.onAttemptFailed(FAILURES.badResponse)
        return true
      }
      this.#headBuffer.consume(bodyStart)
      this.#exchange.lastActivity = this.#exchange.client.thread.state.now
      if (this.#head.status >= 200) return this.#start(whole.slice(bodyStart))
      this.#relayInterim()
      piece = this.#headBuffer.text
      if (piece === '') return true
    }
  }

  /** 101 was never asked for; interim responses may not go on for ever or carry a body. */
  #isExpected(): boolean {
    const { status, isChunked, contentLength } = this.#head
    if (status >= 200) return true
    return status !== 101 && ++this.#interim <= MOST_INTERIM && !isChunked && contentLength === -1
  }

  /** 100 was the gateway's own affair; others are passed on to clients that know them (RFC 9110 section 15.2). */
  #relayInterim(): void {
    const { head, client } = this.#exchange
    if (this.#head.status !== 100 && !head.isHttp10) client.write(`HTTP/1.1 ${this.#head.statusText}\r\n${this.#head.fields}\r\n`)
  }

  /** Sends the head, with what came of the body, in one write. */
  #start(rest: string): boolean {
    const exchange = this.#exchange
    const { client, record } = exchange
    const head = this.#head
    const body = this.#body
    const { isHttp10, method } = exchange.head
    this.#headBuffer.consume(this.#headBuffer.text.length)
    if (head.status >= 500 && exchange.retriesStatus(head.status)) {
      exchange.onStatusRetried(head.status)
      return true
    }
    const { transforms } = exchange.route!
    body.begin(head, method, isHttp10, transforms === null ? null : this.#changeTrailers)
    const first = body.first(rest)
    if (body.isMalformed) {
      exchange.onAttemptFailed(FAILURES.badResponse)
      return true
    }
    this.hasStarted = true
    this.#close = client.mustClose() || body.needsClose
    const connection = this.#close ? 'Connection: close\r\n' : isHttp10 ? 'Connection: keep-alive\r\n' : ''
    record.status = head.status
    record.firstByteAt = performance.now()
    const fields = transforms === null ? head.fields : this.#changed(head.fields, transformResponse)
    client.write(`HTTP/1.1 ${head.statusText}\r\n${fields}${exchange.bindingField}${body.framing(head)}${connection}\r\n${first}`)
    if (!body.isComplete) this.#goOn()
    return this.#afterPiece()
  }

  readonly #changeTrailers = (lines: string): string => this.#changed(lines, transformTrailers)

  #changed(fields: string, change: typeof transformResponse): string {
    const { route, context } = this.#exchange
    const draft = { status: this.#head.status, fields }
    if (route?.transforms !== null && route?.transforms !== undefined) change(route.transforms, draft, context)
    return draft.fields
  }

  /** More of the body will come. */
  #goOn(): void {
    const { client, origin, route } = this.#exchange
    origin?.readIntoOwnBuffer()
    this.#rate.begin(client.thread.state.now)
    if (route !== null) client.arm(this.dueAt(route))
  }

  #afterPiece(): boolean {
    const body = this.#body
    if (body.isMalformed) {
      this.#exchange.onAttemptFailed(FAILURES.badResponse)
      return true
    }
    if (body.isComplete) {
      this.#complete(this.#head.keepAlive && !body.hasExtra && this.#exchange.body.isComplete)
      return true
    }
    if (this.#exchange.client.socket.writableLength < MOST_WAITING) return true
    this.#rate.wasHeldUp = true
    return false
  }

  #complete(reusable: boolean): void {
    this.#exchange.onResponseComplete(this.#head.status, reusable, this.#head.keepAliveSeconds, this.#close)
  }

  onOriginEnd(): void {
    if (this.hasStarted && this.#body.endsWithConnection) {
      const last = this.#body.lastChunk()
      if (last !== '') this.#exchange.client.write(last)
      this.#complete(false)
    } else this.#exchange.onOriginClose(this.#hasBytes, '')
  }

  onOriginClose(error: string): void {
    this.#exchange.onOriginClose(this.#hasBytes, error)
  }

  get #leastPerSecond(): number {
    return this.#exchange.upstream?.minResponseBytesPerSecond ?? 0
  }

  /** When the timeouts are to be looked at. */
  dueAt(route: RuntimeRoute): number {
    const activityAt = this.#exchange.lastActivity + route.activityMs
    return this.hasStarted && this.#leastPerSecond > 0 ? Math.min(activityAt, this.#rate.dueAt) : activityAt
  }

  /** What took too long, and by whose fault; null when nothing did. */
  timedOut(now: number, route: RuntimeRoute): ProxyFailure | null {
    const { client, record, body, lastActivity, origin } = this.#exchange
    const clientIsSlow = client.socket.writableLength > 0
    if (this.hasStarted && this.#leastPerSecond > 0) {
      if (clientIsSlow) this.#rate.wasHeldUp = true
      if (this.#rate.isTooSlow(now, record.bytesOut, this.#leastPerSecond)) return FAILURES.responseTooSlow
    }
    if (now - lastActivity < route.activityMs) return null
    if (clientIsSlow) return clientFailure(REFUSALS.responseNotRead)
    const clientOwesBody = !body.isComplete && origin !== null && origin.socket.writableLength === 0
    return clientOwesBody ? clientFailure(REFUSALS.bodyTimeout) : FAILURES.responseTimeout
  }
}
