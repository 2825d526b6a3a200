import { HEAD, HeadBuffer } from '../http1/head-buffer.ts'
import { ResponseBody } from '../http1/response-body.ts'
import { parseResponseHead, ResponseHead } from '../http1/response-head.ts'
import type { OriginConnection, OriginUser } from '../upstreams/origin-connection.ts'
import type { Client } from './client.ts'
import { FAILURES, type ProxyFailure } from './failure.ts'

const MAX_HEAD_BYTES = 65_536
/** Interim responses before the final one. */
const MOST_INTERIM = 16
/** Bytes that may wait for a slow client before the origin is no longer read. */
const MOST_WAITING = 262_144

/** The exchange that a response belongs to. */
export interface ResponseOwner {
  readonly origin: OriginConnection | null
  lastActivity: number
  onConnected(): void
  onOriginFailure(failure: ProxyFailure): void
  /** `reusable` tells that the origin's connection may serve another request. */
  onResponseComplete(reusable: boolean, keepAliveSeconds: number, close: boolean): void
}

/** Reads what the origin sends for one exchange and relays it to the client. Used again for every request. */
export class OriginResponse implements OriginUser {
  readonly #client: Client
  readonly #exchange: ResponseOwner
  readonly #headBuffer = new HeadBuffer()
  readonly #head = new ResponseHead()
  readonly #body = new ResponseBody()
  #interim = 0
  #hasBytes = false
  /** The final head went to the client; from here on a failure can only cut the connection. */
  hasStarted = false
  #close = false

  constructor(client: Client, exchange: ResponseOwner) {
    this.#client = client
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
    this.#client.onDefect(error)
  }

  onOriginConnect(): void {
    this.#exchange.onConnected()
  }

  onOriginDrain(): void {
    this.#client.resume()
  }

  onOriginData(buffer: Buffer, length: number): boolean {
    this.#exchange.lastActivity = this.#client.thread.state.now
    this.#hasBytes = true
    if (!this.hasStarted) return this.#readHead(buffer.toString('latin1', 0, length))
    const output = this.#body.take(buffer, length)
    if (output !== null) this.#relay(output, output.buffer === buffer.buffer)
    return this.#afterPiece()
  }

  #relay(output: Buffer, isSlice: boolean): void {
    const { socket } = this.#client
    socket.write(output)
    if (isSlice && socket.writableLength > 0) this.#exchange.origin?.replaceOwnBuffer()
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
        this.#exchange.onOriginFailure(FAILURES.badResponse)
        return true
      }
      this.#headBuffer.consume(bodyStart)
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
    const { head } = this.#client
    if (this.#head.status !== 100 && !head.isHttp10) this.#client.write(`HTTP/1.1 ${this.#head.statusText}\r\n${this.#head.fields}\r\n`)
  }

  /** Sends the head, with what came of the body, in one write. */
  #start(rest: string): boolean {
    const client = this.#client
    const head = this.#head
    const body = this.#body
    const { isHttp10, method } = client.head
    this.#headBuffer.consume(this.#headBuffer.text.length)
    body.begin(head, method, isHttp10)
    const first = body.first(rest)
    if (body.isMalformed) {
      this.#exchange.onOriginFailure(FAILURES.badResponse)
      return true
    }
    this.hasStarted = true
    this.#close = client.mustClose() || body.needsClose
    const connection = this.#close ? 'Connection: close\r\n' : isHttp10 ? 'Connection: keep-alive\r\n' : ''
    client.write(`HTTP/1.1 ${head.statusText}\r\n${head.fields}${body.framing(head)}${connection}\r\n${first}`)
    if (!body.isComplete) this.#exchange.origin?.readIntoOwnBuffer()
    return this.#afterPiece()
  }

  #afterPiece(): boolean {
    const body = this.#body
    if (body.isMalformed) {
      this.#exchange.onOriginFailure(FAILURES.badResponse)
      return true
    }
    if (body.isComplete) {
      this.#complete(this.#head.keepAlive && !body.hasExtra && this.#client.body.isComplete)
      return true
    }
    return this.#client.socket.writableLength < MOST_WAITING
  }

  #complete(reusable: boolean): void {
    this.#exchange.onResponseComplete(reusable, this.#head.keepAliveSeconds, this.#close)
  }

  onOriginEnd(): void {
    if (this.hasStarted && this.#body.endsWithConnection) {
      const last = this.#body.lastChunk()
      if (last !== '') this.#client.write(last)
      this.#complete(false)
    } else this.#exchange.onOriginFailure(this.#failure())
  }

  onOriginClose(): void {
    this.#exchange.onOriginFailure(this.#failure())
  }

  /** A reused connection that closes before a byte was most likely closed before it got the request. */
  #failure() {
    const { origin } = this.#exchange
    if (origin !== null && !origin.isConnected) return FAILURES.connectFailed
    return origin?.isReused === true && !this.#hasBytes ? FAILURES.staleConnection : FAILURES.originClosed
  }
}
