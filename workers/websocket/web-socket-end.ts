/** Dead peers are found by the system: asked after so long, and gone when they stay silent for ten seconds. */
export const KEEP_ALIVE_MS = 30_000

/** One end of an open WebSocket: the client's connection or the origin's. */
export interface WebSocketEnd {
  /** Bytes that were written and have not left. */
  readonly waiting: number
  write(data: Buffer): void
  /** Stops and goes on reading. */
  pause(): void
  resume(): void
  /** Nothing more will be written. */
  end(): void
  destroy(): void
}
