/** Who uses an origin's connection, or one stream of it, at the moment. It sends and gets HTTP/1.1, whatever is spoken below. */
export interface OriginUser {
  onOriginConnect(): void
  /** Bytes in buffer[0, length); they must be copied or passed on before it returns. False pauses reading. */
  onOriginData(buffer: Buffer, length: number): boolean
  /** The origin sent FIN. */
  onOriginEnd(): void
  /** The connection is gone; `error` is the socket's code, empty for an orderly end. */
  onOriginClose(error: string): void
  /** What was written has left. */
  onOriginDrain(): void
  /** Our own code threw: only this exchange may suffer. */
  onDefect(error: unknown): void
}

/** A way to send one request to a target, and to read its response. */
export interface Origin {
  readonly address: string
  user: OriginUser | null
  /** TCP is done; what fails before it can be written to is the fault of TLS. */
  readonly hasTcp: boolean
  /** It has served a request before. */
  isReused: boolean
  /** A connection of its own, which can be kept for another request; a stream cannot. */
  readonly isConnection: boolean
  /** Nothing says that it would not take another request. */
  readonly isAlive: boolean
  /** Until when it may lie in the pool, and since when it does, in the thread's time. */
  idleUntil: number
  idleSince: number
  /** Called once, as soon as it is certain that it ends. */
  onGone: ((origin: Origin) => void) | null
  /** Bytes that were written and have not left. */
  readonly waiting: number
  /** A head as latin1 text, or a piece of the body in the form that HTTP/1.1 wants. Its user hears nothing before this returns. */
  write(data: string | Buffer): void
  pause(): void
  resume(): void
  /** Nothing more will be written. */
  end(): void
  /** The response was whole, and no other request follows. */
  finish(): void
  destroy(): void
  /** From now on the bytes of a body are passed on without a copy. */
  readIntoOwnBuffer(): void
  /** A slice of the buffer still waits in a write: it must never be read into again. */
  replaceOwnBuffer(): void
  /** What was written of the body has left. */
  reclaimBuffers(): void
  /** The body is over. `isFree` tells that no slice of the buffer waits. */
  readIntoSharedBuffer(isFree: boolean): void
  /** Finds out, after so long a silence, whether the other side is still there. */
  keepAlive(ms: number): void
}
