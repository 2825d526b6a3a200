import type net from 'node:net'
import type { ProxyFailure } from './failure.ts'
import type { ThreadContext } from './thread-context.ts'

/** The client's side of an exchange: where the request came from, and the ways to answer it. */
export interface Client {
  readonly thread: ThreadContext
  /** endpointKey() of the port it came in on. */
  readonly key: string
  readonly clientAddress: string
  readonly socket: net.Socket
  write(data: string | Buffer): void
  /** Stops and goes on reading the request body. */
  pause(): void
  resume(): void
  /** Everything of the request body that was written has left. */
  onBodyWritten(): void
  /** Looks at the exchange's timeouts at this time. */
  arm(time: number): void
  /** Sends the gateway's own answer, which ends the exchange. */
  answer(failure: ProxyFailure, changeFields?: ((fields: string) => string) | null): void
  /** Whether the answer that is about to be written is the last of this connection. */
  mustClose(): boolean
  onResponseEnd(close: boolean): void
  /** Our own code threw: logs it and cuts the connection. */
  onDefect(error: unknown): void
  /** Cuts the connection: the client must not take what it has for whole. */
  destroy(): void
}
