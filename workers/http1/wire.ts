import type net from 'node:net'
import type { WebSocketEnd } from '../websocket/web-socket-end.ts'

/** What happens on a client's socket. */
export interface WireUser {
  /** Bytes in buffer[0, length), to be copied or passed on before it returns. False pauses reading. */
  onClientData(buffer: Buffer, length: number): boolean
  onClientEnd(): void
  onClientDrain(): void
  /** Our own code threw: only this connection may suffer. */
  onDefect(error: unknown): void
  onClientClose(): void
}

/** A client's connection, plain or with TLS. */
export interface Wire extends WebSocketEnd {
  readonly socket: net.Socket
  /** Nothing that was written is in use any more. */
  readonly isClear: boolean
  /** Returns whether the data may still be in use after the call. */
  write(data: string | Buffer): boolean
  /** From now on the bytes of a body are passed on without a copy. */
  readIntoOwnBuffer(): void
  /** A slice of the buffer still waits in a write: it must never be read into again. */
  replaceOwnBuffer(): void
  /** What was written of the body has left. */
  reclaimBuffers(): void
  /** The body is over. `isFree` tells that no slice of the buffer waits. */
  readIntoSharedBuffer(isFree: boolean): void
}
