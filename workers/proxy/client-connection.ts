import type net from 'node:net'
import type { Listener } from '../../shared/schema/listener.ts'
import type { Identified } from '../../shared/schema/snapshot.ts'
import { ClientSocket, type ClientSocketUser } from '../http1/client-socket.ts'
import { HEAD, HeadBuffer } from '../http1/head-buffer.ts'
import { REFUSALS, type Refusal } from '../http1/refusal.ts'
import { RequestBody } from '../http1/request-body.ts'
import { parseRequestHead, RequestHead } from '../http1/request-head.ts'
import type { Client } from './client.ts'
import { Exchange } from './exchange.ts'
import { clientFailure, type ProxyFailure } from './failure.ts'
import { gatewayAnswer } from './gateway-answer.ts'
import { endpointKey } from './runtime.ts'
import type { ThreadContext } from './thread-context.ts'

/** Waiting for a head, or in the middle of one. */
const HEAD_STATE = 0
/** A request is being served; its body may still come. */
const BUSY = 1
/** Answered and half closed: what still comes is thrown away. */
const LINGER = 2
const CLOSED = 3

/** Bytes of further requests that may wait behind the one that is served. */
const MAX_PIPELINED = 65_536
const LINGER_MS = 2_000
/** Idle connections of a listener that goes away are closed after this long. */
const CLOSE_GRACE_MS = 1_000

/** Limits used when the connection's listener is gone from the configuration. */
const GONE_LIMITS = { maxHeaderBytes: 32_768, maxHeaders: 100, headerTimeoutMs: 10_000, idleTimeoutMs: 1_000, maxRequestBodyBytes: 0 }

/** One accepted connection: reads requests one after the other and lets its exchange serve each. */
export class ClientConnection implements Client, ClientSocketUser {
  readonly thread: ThreadContext
  readonly key: string
  readonly clientAddress: string
  readonly socket: net.Socket
  readonly head = new RequestHead()
  readonly body = new RequestBody()
  readonly #wire: ClientSocket
  readonly #headBuffer = new HeadBuffer()
  readonly #exchange: Exchange
  readonly #onClosed: (connection: ClientConnection) => void
  #state = HEAD_STATE
  #isAdvancing = false
  #isPaused = false
  #hasEnded = false
  /** When the state last began: for timeouts. */
  #since: number
  #requests = 0
  /** The next answer is the last. */
  isClosing = false

  constructor(accepted: net.Socket, endpoint: { address: string; port: number }, thread: ThreadContext, onClosed: (connection: ClientConnection) => void) {
    this.thread = thread
    this.key = endpointKey(endpoint)
    this.#onClosed = onClosed
    const address = accepted.remoteAddress ?? ''
    this.clientAddress = address.startsWith('::ffff:') ? address.slice(7) : address
    this.#since = thread.state.now
    this.#exchange = new Exchange(this)
    this.#wire = new ClientSocket(accepted, thread.state.buffers, this)
    this.socket = this.#wire.socket
  }

  /** The listener as configured now, or null when it is gone. */
  listener(): Identified<Listener> | null {
    return this.thread.current?.listeners.get(this.key) ?? null
  }

  onClientData(buffer: Buffer, length: number): boolean {
    if (this.#state === HEAD_STATE) {
      const piece = buffer.toString('latin1', 0, length)
      if (this.#headBuffer.text === '') this.#since = this.thread.state.now
      this.#headBuffer.append(piece)
      this.#advance(piece)
    } else if (this.#state === BUSY && !this.body.isComplete) this.#takeBody(buffer, length)
    else if (this.#state === BUSY) this.#keepForLater(buffer, 0, length)
    return !this.#isPaused
  }

  onClientEnd(): void {
    this.#hasEnded = true
    if (this.#state === HEAD_STATE || this.#state === LINGER) this.socket.end()
    else if (!this.body.isComplete) this.destroy()
  }

  /** A defect of ours ends one connection, never the thread with all the others. */
  onDefect(error: unknown): void {
    this.thread.log.error({ err: error }, 'a defect in the proxy; its connection was cut')
    this.thread.state.countFailure('defect')
    this.destroy()
  }

  onClientDrain(): void {
    this.#exchange.onClientDrain()
  }

  onClientClose(): void {
    if (this.#state === BUSY) this.#exchange.onClientClose()
    this.#state = CLOSED
    this.#onClosed(this)
  }

  /** Reads heads out of the buffer as long as nothing has to be waited for. */
  #advance(newPiece: string): void {
    this.#isAdvancing = true
    let piece = newPiece
    while (this.#state === HEAD_STATE && this.#headBuffer.text !== '') {
      const limits = this.listener()?.limits ?? GONE_LIMITS
      const text = this.#headBuffer.text
      // A refusal must not be shaped by the request before.
      this.head.method = ''
      this.head.accept = ''
      if (text.startsWith('\r\n')) {
        // One empty line before a request is let pass (RFC 9112 section 2.2).
        this.#headBuffer.consume(2)
        piece = this.#headBuffer.text
        if (!piece.startsWith('\r\n')) continue
        this.refuse(REFUSALS.badRequestLine)
        break
      }
      const found = this.#headBuffer.find(piece, limits.maxHeaderBytes)
      if (found === HEAD.incomplete) break
      if (found === HEAD.complete) this.#serve(limits)
      else if (found === HEAD.bareLineFeed) this.refuse(REFUSALS.badField)
      else this.refuse(text.includes('\r\n') ? REFUSALS.headTooLarge : REFUSALS.targetTooLong)
      piece = this.#headBuffer.text
    }
    this.#isAdvancing = false
  }

  #serve(limits: typeof GONE_LIMITS): void {
    const buffer = this.#headBuffer
    const refused = parseRequestHead(buffer.text, 0, buffer.end, limits.maxHeaders, this.head)
    if (refused !== null) return this.refuse(refused)
    if (this.head.isWebSocketUpgrade) return this.refuse(REFUSALS.upgradeNotSupported)
    this.#state = BUSY
    this.#since = this.thread.state.now
    this.#requests++
    this.thread.state.counted.requests++
    const rest = buffer.text.slice(buffer.bodyStart)
    const taken = this.body.begin(this.head, rest)
    buffer.consume(buffer.bodyStart + taken)
    if (this.body.refusal !== null) return this.refuse(this.body.refusal)
    this.#exchange.begin(this.body.first)
    if (this.#state === BUSY && !this.body.isComplete) {
      this.#wire.readIntoOwnBuffer()
      if (!this.#exchange.takesBody) this.#isPaused = true
    }
  }

  #takeBody(buffer: Buffer, length: number): void {
    const output = this.body.take(buffer, length)
    if (this.body.refusal !== null) return this.#exchange.onBodyRefused(this.body.refusal)
    if (output !== null) {
      const waiting = this.#exchange.onBody(output)
      if (waiting > 0 && output.buffer === buffer.buffer) this.#wire.replaceOwnBuffer()
      if (waiting > MAX_PIPELINED * 4) this.#isPaused = true
    }
    if (this.#state !== BUSY || !this.body.isComplete) return
    if (this.body.consumed < length) this.#keepForLater(buffer, this.body.consumed, length)
    this.#wire.readIntoSharedBuffer(!this.#exchange.hasWaitingBody)
  }

  #keepForLater(buffer: Buffer, from: number, to: number): void {
    this.#headBuffer.append(buffer.toString('latin1', from, to))
    if (this.#headBuffer.text.length > MAX_PIPELINED) this.#isPaused = true
  }

  /** Goes on reading: the origin can take more of the body. */
  resume(): void {
    if (!this.#isPaused || this.#state === CLOSED) return
    this.#isPaused = false
    this.socket.resume()
  }

  write(data: string | Buffer): void {
    if (typeof data === 'string') this.socket.write(data, 'latin1')
    else this.socket.write(data)
  }

  /** Answers that the request is not taken; the connection ends, because its bytes are not understood. */
  refuse(refusal: Refusal): void {
    this.head.keepAlive = false
    this.answer(clientFailure(refusal), this.thread.state.requestId())
  }

  /** Sends the gateway's own answer, which ends the exchange. */
  answer(failure: ProxyFailure, requestId: string): void {
    if (this.#state === CLOSED) return
    this.thread.state.countFailure(failure.code)
    const close = this.mustClose()
    const { method, accept } = this.head
    this.write(gatewayAnswer({ status: failure.status, code: failure.code, message: failure.message, requestId, accept, close, withoutBody: method === 'HEAD' }))
    this.onResponseEnd(close)
  }

  /** Whether the answer that is about to be written is the last of this connection. */
  mustClose(): boolean {
    return this.isClosing || !this.head.keepAlive || this.#hasEnded || (this.#state === BUSY && !this.body.isComplete)
  }

  onResponseEnd(close: boolean): void {
    if (this.#state === CLOSED) return
    this.#since = this.thread.state.now
    if (close) return this.#finish()
    this.#state = HEAD_STATE
    this.resume()
    if (!this.#isAdvancing && this.#headBuffer.text !== '') this.#advance(this.#headBuffer.text)
  }

  /** Half closes, and reads on for a while: closing with unread bytes would reset what the client has not read yet. */
  #finish(): void {
    this.#state = LINGER
    this.#headBuffer.consume(this.#headBuffer.text.length)
    this.#wire.readIntoSharedBuffer(false)
    this.socket.end()
    this.resume()
  }

  /** Cuts the connection: the client must not take what it has for whole. */
  destroy(): void {
    this.socket.destroy()
  }

  /** From now on the next answer is the last; an idle connection ends after a moment. */
  close(): void {
    if (this.isClosing) return
    this.isClosing = true
    if (this.#state === HEAD_STATE) this.#since = this.thread.state.now
  }

  /** Looks at the timeouts; called by the thread's clock. */
  sweep(now: number): void {
    if (this.#state === BUSY) return this.#exchange.sweep(now)
    const waited = now - this.#since
    if (this.#state === LINGER) {
      if (waited > LINGER_MS) this.destroy()
      return
    }
    if (this.#state !== HEAD_STATE) return
    const limits = this.listener()?.limits ?? GONE_LIMITS
    if (this.#headBuffer.text !== '') {
      if (waited > limits.headerTimeoutMs) this.refuse(REFUSALS.headerTimeout)
    } else if (waited > (this.isClosing ? CLOSE_GRACE_MS : this.#requests === 0 ? limits.headerTimeoutMs : limits.idleTimeoutMs)) this.#finish()
  }
}
