import type { Refusal } from '../../shared/http1/refusal.ts'
import type { Wire } from '../http1/wire.ts'
import type { WebSocket } from '../websocket/web-socket.ts'
import type { WebSocketEnd } from '../websocket/web-socket-end.ts'
import type { Client } from './client.ts'
import { type ConnectionLimits, GONE_LIMITS } from './connection-limits.ts'
import type { Exchange } from './exchange.ts'
import { clientFailure, type ProxyFailure } from './failure.ts'
import type { ConnectionPlace } from './open-connection.ts'
import { withHsts } from './hsts.ts'
import type { Peer } from './peer.ts'
import type { ThreadContext } from './thread-context.ts'

/** The half of an HTTP/1.1 connection that answers: lends an exchange to each request, and writes what it answers. */
export abstract class AnsweringConnection implements Client {
  readonly place: ConnectionPlace
  abstract readonly peer: Peer
  protected abstract readonly wire: Wire
  /** Only from a whole head to its answer: an idle connection is small. */
  protected exchange: Exchange | null = null

  constructor(place: ConnectionPlace) {
    this.place = place
  }

  abstract pause(): void
  abstract resume(): void
  abstract onBodyWritten(): void
  abstract arm(time: number): void
  abstract answer(failure: ProxyFailure, changeFields?: ((fields: string) => string) | null): void
  abstract mustClose(): boolean
  abstract switchProtocols(fields: string, open: (client: WebSocketEnd) => WebSocket, rest: Buffer): void
  abstract onResponseEnd(close: boolean): void
  abstract onDefect(error: unknown): void
  abstract destroy(): void

  get thread(): ThreadContext {
    return this.place.thread
  }

  get key(): string {
    return this.place.key
  }

  get waiting(): number {
    return this.wire.waiting
  }

  get isClear(): boolean {
    return this.wire.isClear
  }

  get framesBodies(): boolean {
    return false
  }

  /** Of the listener as configured now. */
  protected limits(): ConnectionLimits {
    return this.thread.current?.listeners.get(this.key)?.config.limits ?? GONE_LIMITS
  }

  /** The field that keeps browsers to https; '' for none. */
  private get hsts(): string {
    return this.thread.current?.listeners.get(this.key)?.hsts ?? ''
  }

  writeContinue(): void {
    this.writeLast('HTTP/1.1 100 Continue\r\n\r\n')
  }

  /** HTTP/1.0 knows no interim responses. */
  writeInterim(_status: number, statusText: string, fields: string): void {
    if (!this.exchange!.head.isHttp10) this.writeLast(`HTTP/1.1 ${statusText}\r\n${fields}\r\n`)
  }

  respond(_status: number, statusText: string, fields: string, framing: string, close: boolean, first: string, _isWhole: boolean): void {
    const connection = close ? 'Connection: close\r\n' : this.exchange!.head.isHttp10 ? 'Connection: keep-alive\r\n' : ''
    const safe = this.peer.scheme === 'http' ? fields : withHsts(fields, this.hsts)
    this.writeLast(`HTTP/1.1 ${statusText}\r\n${safe}${framing}${connection}\r\n${first}`)
  }

  write(data: Buffer): boolean {
    this.exchange!.record.bytesOut += data.length
    return this.wire.write(data)
  }

  writeLast(data: string): void {
    this.exchange!.record.bytesOut += data.length
    this.wire.write(data)
  }

  /** Answers that the request is not taken; the connection ends, because its bytes are not understood. */
  refuse(refusal: Refusal): void {
    this.take().head.keepAlive = false
    this.answer(clientFailure(refusal))
  }

  /** The exchange of the request that is read or served. */
  protected take(): Exchange {
    if (this.exchange !== null) return this.exchange
    const exchange = this.place.exchanges.take()
    exchange.client = this
    exchange.head.defaultPort = this.peer.scheme === 'http' ? 80 : 443
    exchange.record.begin(this.thread.state.requestId(), this.peer.address)
    exchange.record.cameThrough(this.thread.current?.listeners.get(this.key) ?? null)
    this.thread.state.counted.requests++
    this.exchange = exchange
    return exchange
  }

  protected giveBack(): void {
    const { exchange } = this
    if (exchange === null) return
    this.exchange = null
    exchange.record.bytesIn += exchange.body.bytes
    this.thread.telemetry.observe(exchange.record)
    exchange.client = null
    this.place.exchanges.give(exchange)
  }
}
