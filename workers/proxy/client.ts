import type net from 'node:net'
import type { RequestBody } from '../http1/request-body.ts'
import type { RequestHead } from '../http1/request-head.ts'
import type { ProxyFailure } from './failure.ts'
import type { ThreadContext } from './thread-context.ts'

/** The client's side of an exchange: the request that is served, and the ways to answer it. */
export interface Client {
  readonly thread: ThreadContext
  /** endpointKey() of the port it came in on. */
  readonly key: string
  readonly clientAddress: string
  readonly socket: net.Socket
  readonly head: RequestHead
  readonly body: RequestBody
  write(data: string | Buffer): void
  /** Goes on reading the request body. */
  resume(): void
  /** Sends the gateway's own answer, which ends the exchange. */
  answer(failure: ProxyFailure, requestId: string): void
  /** Whether the answer that is about to be written is the last of this connection. */
  mustClose(): boolean
  onResponseEnd(close: boolean): void
  /** Our own code threw: logs it and cuts the connection. */
  onDefect(error: unknown): void
  /** Cuts the connection: the client must not take what it has for whole. */
  destroy(): void
}
