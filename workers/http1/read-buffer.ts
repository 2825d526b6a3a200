const SIZE = 65_536
/** Buffers kept for the next body of a thread. */
const MOST_FREE = 64

/**
 * Where the sockets of a thread read into. Heads are read into one shared buffer and copied out at once. A body is passed
 * on without a copy, so its socket gets a buffer of its own; one of which a slice still waits in a write is never
 * read into again.
 */
export class ReadBuffers {
  readonly shared = Buffer.allocUnsafeSlow(SIZE)
  readonly #free: Buffer[] = []

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(SIZE)
  }

  give(buffer: Buffer): void {
    if (this.#free.length < MOST_FREE) this.#free.push(buffer)
  }
}
