import type { ProxyFailure } from './failure.ts'
import type { WebSocket } from '../websocket/web-socket.ts'
import type { WebSocketEnd } from '../websocket/web-socket-end.ts'
import type { Peer } from './peer.ts'
import type { ThreadContext } from './thread-context.ts'

/** The client's side of an exchange: where the request came from, and the ways to answer it. */
export interface Client {
  readonly thread: ThreadContext
  /** endpointKey() of the port it came in on. */
  readonly key: string
  readonly peer: Peer
  /** Bytes that were written and have not left. */
  readonly waiting: number
  /** Nothing that was written is in use any more. */
  readonly isClear: boolean
  /** The end of a body is told by the protocol itself, as in HTTP/2: bodies are written bare. */
  readonly framesBodies: boolean
  /** The client may send the body it announced (RFC 9110 section 15.2.1). */
  writeContinue(): void
  /** An interim response. `fields` are lines, each with CR LF. */
  writeInterim(status: number, statusText: string, fields: string): void
  /** The head of an answer, with the beginning of its body as latin1 text. `framing` is a field line, or ''. `isWhole`: `first` is the whole body. */
  respond(status: number, statusText: string, fields: string, framing: string, close: boolean, first: string, isWhole: boolean): void
  /** More of the body, in the form that ResponseBody gives it. Returns whether it may still be in use after the call. */
  write(data: Buffer): boolean
  /** The last piece of a body that ended with the origin's connection. */
  writeLast(data: string): void
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
  /**
   * The origin has agreed to a WebSocket: answers so, opens it with the client's end, and ends the exchange. Where that cannot be
   * answered it is not opened, and the origin's connection ends with the exchange. `rest` is what the origin sent already.
   */
  switchProtocols(fields: string, open: (client: WebSocketEnd) => WebSocket, rest: Buffer): void
  /** The answer is whole. `trailers` are lines, for a client that frames bodies. */
  onResponseEnd(close: boolean, trailers: string): void
  /** Our own code threw: logs it and cuts the connection. */
  onDefect(error: unknown): void
  /** Cuts the connection: the client must not take what it has for whole. */
  destroy(): void
}
