import net from 'node:net'
import { ClientSocket } from '../http1/client-socket.ts'
import { StreamWire } from '../http1/stream-wire.ts'
import type { Wire, WireUser } from '../http1/wire.ts'
import { HeadBuffer } from '../http1/head-buffer.ts'
import { latin1Text } from '../http1/latin1-text.ts'
import { REFUSALS } from '../../shared/http1/refusal.ts'
import { KnownFields } from '../../shared/http1/known-fields.ts'
import { parseNextHead } from '../../shared/http1/parse-next-head.ts'
import type { ConnectionHandle } from '../listeners/accept-handles.ts'
import type { Timed } from '../state/timing-wheel.ts'
import { AnsweringConnection } from './answering-connection.ts'
import { BodyIntake } from './body-intake.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import { BUSY, CLOSED, type ConnectionState, HEAD_STATE, LINGER, TUNNEL } from './connection-state.ts'
import type { ProxyFailure } from './failure.ts'
import type { ConnectionPlace, OpenConnection } from './open-connection.ts'
import { failureAnswer } from './gateway-answer.ts'
import { nextHead, PARTIAL, WHOLE } from './next-head.ts'
import { type ClientAddress, type Peer, SocketPeer } from './peer.ts'
import { writeAnswer } from './write-answer.ts'
import { handshakeRefusal } from '../websocket/handshake.ts'
import type { WebSocket } from '../websocket/web-socket.ts'
import { KEEP_ALIVE_MS, type WebSocketEnd } from '../websocket/web-socket-end.ts'

/** Bytes of further requests that may wait behind the one that is served. */
const MAX_PIPELINED = 65_536
const LINGER_MS = 2_000
/** For idle connections of a listener that goes away. */
const CLOSE_GRACE_MS = 1_000

/** One accepted connection: reads requests one after the other and lends an exchange to serve each. */
export class ClientConnection extends AnsweringConnection implements OpenConnection, WireUser, Timed {
  readonly peer: Peer
  readonly socket: net.Socket
  wheelTick = -1
  wheelPlace = -1
  protected readonly wire: Wire
  readonly #headBuffer = new HeadBuffer()
  readonly #known = new KnownFields()
  #intake: BodyIntake | null = null
  #state: ConnectionState = HEAD_STATE
  #isAdvancing = false
  #isPaused = false
  #hasEnded = false
  /** When the state last began: for timeouts. */
  #since: number
  #hasServed = false
  #webSocket: WebSocket | null = null
  /** The next answer is the last. */
  isClosing = false
  /** How long an idle connection that is closing is kept. */
  #graceMs = Infinity

  /** `source`: an accepted connection's handle, or a socket that is ready for requests. */
  constructor(source: ConnectionHandle | net.Socket, from: ClientAddress, place: ConnectionPlace) {
    super(place)
    const { thread } = place
    this.#since = thread.state.now
    this.wire = source instanceof net.Socket ? new StreamWire(source, this) : new ClientSocket(source, thread.state.buffers, this)
    this.socket = this.wire.socket
    this.peer = new SocketPeer(this.socket, from)
    this.arm(this.#since + this.limits().headerTimeoutMs)
  }

  get isIdle(): boolean {
    return this.#state === HEAD_STATE && this.#headBuffer.text === ''
  }

  onClientData(buffer: Buffer, length: number): boolean {
    if (this.#webSocket !== null) return this.#webSocket.onClientData(buffer, length)
    if (this.#state === HEAD_STATE) {
      const piece = latin1Text(buffer, 0, length)
      if (this.#headBuffer.text === '') this.#since = this.thread.state.now
      this.#headBuffer.append(piece)
      this.#advance(piece)
    } else if (this.#state === BUSY && !this.exchange!.body.isComplete) {
      const taken = this.#intake!.take(this.exchange!, buffer, length)
      if (this.#state === BUSY && taken < length) this.#keepForLater(buffer, taken, length)
    } else if (this.#state === BUSY) this.#keepForLater(buffer, 0, length)
    return !this.#isPaused
  }

  onClientEnd(): void {
    this.#hasEnded = true
    if (this.#webSocket !== null) this.#webSocket.onClientEnd()
    else if (this.#state === HEAD_STATE) this.socket.end()
    else if (this.#state !== LINGER && !this.exchange!.body.isComplete) this.destroy()
  }

  /** A defect of ours ends one connection, never the thread with all the others. */
  onDefect(error: unknown): void {
    this.thread.log.error({ err: error }, 'a defect in the proxy; its connection was cut')
    this.thread.state.countFailure('defect')
    if (this.exchange !== null) this.exchange.record.failureCode = 'defect'
    this.destroy()
  }

  onClientDrain(): void {
    if (this.#webSocket !== null) this.#webSocket.onClientDrain()
    else this.exchange?.onClientDrain()
  }

  onClientClose(): void {
    if (this.exchange !== null) {
      this.exchange.onClientClose()
      this.giveBack()
    }
    this.#webSocket?.onClientClose()
    this.#state = CLOSED
    this.thread.wheel.disarm(this)
    this.place.onClosed(this)
  }

  /** Reads heads out of the buffer, of which `piece` is new, as long as nothing has to be waited for. */
  #advance(piece: string): void {
    this.#isAdvancing = true
    while (this.#state === HEAD_STATE && this.#headBuffer.text !== '') {
      const limits = this.limits()
      const found = nextHead(this.#headBuffer, piece, limits.maxHeaderBytes)
      if (found === PARTIAL) {
        this.arm(this.#since + limits.headerTimeoutMs)
        break
      }
      if (found === WHOLE) this.#serve(limits)
      else this.refuse(found)
      piece = this.#headBuffer.text
    }
    this.#isAdvancing = false
  }

  #serve(limits: ConnectionLimits): void {
    const buffer = this.#headBuffer
    const exchange = this.take()
    const { head, body } = exchange
    exchange.record.bytesIn = buffer.bodyStart
    const refused = parseNextHead(buffer.text, buffer.end, limits.maxHeaders, head, this.#known)
    if (refused !== null) return this.refuse(refused)
    const isNoHandshake = head.isWebSocketUpgrade ? handshakeRefusal(head) : null
    if (isNoHandshake !== null) return this.refuse(isNoHandshake)
    this.#state = BUSY
    this.#since = this.thread.state.now
    this.#hasServed = true
    const taken = body.begin(head, buffer.text.slice(buffer.bodyStart))
    buffer.consume(buffer.bodyStart + taken)
    if (body.refusal !== null) return this.refuse(body.refusal)
    exchange.begin()
    if (this.exchange !== exchange || this.#state !== BUSY || body.isComplete) return
    this.#intake ??= new BodyIntake(this, this.wire)
    this.#intake.begin(exchange, limits, this.#since)
  }

  #keepForLater(buffer: Buffer, from: number, to: number): void {
    this.#headBuffer.append(latin1Text(buffer, from, to))
    if (this.#headBuffer.text.length > MAX_PIPELINED) this.#isPaused = true
  }

  pause(): void {
    this.#isPaused = true
    this.#intake?.onPause()
    this.socket.pause()
  }

  /** Goes on reading: the origin can take more of the body. */
  resume(): void {
    if (!this.#isPaused || this.#state === CLOSED) return
    this.#isPaused = false
    this.socket.resume()
  }

  onBodyWritten(): void {
    this.wire.reclaimBuffers()
  }

  arm(time: number): void {
    this.thread.wheel.arm(this, time)
  }

  switchProtocols(fields: string, open: (client: WebSocketEnd) => WebSocket, rest: Buffer): void {
    this.writeLast(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${fields}\r\n`)
    const webSocket = open(this.wire)
    this.#webSocket = webSocket
    this.giveBack()
    this.thread.wheel.disarm(this)
    this.#state = TUNNEL
    this.socket.setKeepAlive(true, KEEP_ALIVE_MS)
    // Behind the handshake either side may have gone on at once.
    const early = Buffer.from(this.#headBuffer.text, 'latin1')
    this.#headBuffer.consume(early.length)
    if (rest.length > 0) webSocket.onOriginData(rest, rest.length)
    if (early.length > 0) webSocket.onClientData(early, early.length)
    this.resume()
  }

  /** Sends the gateway's own answer, which ends the exchange. */
  answer(failure: ProxyFailure, changeFields: ((fields: string) => string) | null = null): void {
    if (this.#state === CLOSED) return
    const { head, record } = this.take()
    this.thread.state.countFailure(failure.code)
    const close = this.mustClose()
    record.status = failure.status
    record.failureCode = failure.code
    writeAnswer(this, failureAnswer(failure, head, record.requestId, changeFields), close)
    this.onResponseEnd(close)
  }

  /** Whether the answer that is about to be written is the last of this connection. */
  mustClose(): boolean {
    const { head, body } = this.exchange!
    return this.isClosing || !head.keepAlive || this.#hasEnded || (this.#state === BUSY && !body.isComplete)
  }

  onResponseEnd(close: boolean): void {
    if (this.#state === CLOSED) return
    const { head, body } = this.exchange!
    // The client said that this was its last request and is sending nothing more: there is nothing to wait for.
    const isOver = close && !head.keepAlive && this.#state === BUSY && body.isComplete && this.#headBuffer.text === '' && this.socket.writableLength === 0
    this.giveBack()
    this.#since = this.thread.state.now
    if (isOver) return this.#leave()
    if (close) return this.#finish()
    this.#state = HEAD_STATE
    this.arm(this.#since + this.#idleMs())
    this.resume()
    if (!this.#isAdvancing && this.#headBuffer.text !== '') this.#advance(this.#headBuffer.text)
  }

  /** Ends without lingering. Nothing is served and nothing times out any more, although the socket closes a moment later. */
  #leave(): void {
    this.#state = LINGER
    this.destroy()
  }

  /** Half closes, and reads on for a while: closing with unread bytes would reset what the client has not read yet. */
  #finish(): void {
    this.#state = LINGER
    this.#headBuffer.consume(this.#headBuffer.text.length)
    this.wire.readIntoSharedBuffer(false)
    this.socket.end()
    this.arm(this.thread.state.now + LINGER_MS)
    this.resume()
  }

  destroy(): void {
    this.socket.destroy()
  }

  /** From now on the next answer is the last; an idle connection ends after a moment. */
  close(): void {
    this.#endWithin(CLOSE_GRACE_MS)
  }

  retire(ms: number): void {
    this.#endWithin(Math.max(CLOSE_GRACE_MS, ms))
  }

  #endWithin(graceMs: number): void {
    if (graceMs >= this.#graceMs) return
    this.isClosing = true
    this.#graceMs = graceMs
    if (this.#state !== HEAD_STATE) return
    this.#since = this.thread.state.now
    this.arm(this.#since + graceMs)
  }

  #idleMs(): number {
    const limits = this.limits()
    return Math.min(this.#graceMs, this.#hasServed ? limits.idleTimeoutMs : limits.headerTimeoutMs)
  }

  /** Looks at the timeouts; called by the thread's clock. */
  onTime(now: number): number {
    if (this.#state === CLOSED || this.#state === TUNNEL) return Infinity
    if (this.#state === BUSY) return this.#onBusyTime(now)
    const { isIdle } = this
    const dueAt = this.#since + (this.#state === LINGER ? LINGER_MS : isIdle ? this.#idleMs() : this.limits().headerTimeoutMs)
    if (now < dueAt) return dueAt
    if (this.#state === LINGER) this.destroy()
    else if (isIdle) this.#finish()
    else this.refuse(REFUSALS.headerTimeout)
    return Infinity
  }

  /** First the request's own timeouts, then those of the exchange. */
  #onBusyTime(now: number): number {
    const exchange = this.exchange!
    if (exchange.body.isComplete || this.#intake === null) return exchange.onTime(now)
    const refused = this.#intake.timedOut(exchange, now, this.#isPaused)
    if (refused === null) return Math.min(this.#intake.dueAt, exchange.onTime(now))
    exchange.onBodyRefused(refused)
    return Infinity
  }
}
