const SIZE = 131_072
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

/** The buffer that the body of one socket is read into, and those of which slices still wait in writes. */
export class BodyBuffers {
  readonly #buffers: ReadBuffers
  #own: Buffer | null = null
  readonly #lent: Buffer[] = []

  constructor(buffers: ReadBuffers) {
    this.#buffers = buffers
  }

  /** Where to read into now. */
  get current(): Buffer {
    return this.#own ?? this.#buffers.shared
  }

  begin(): void {
    this.#own ??= this.#buffers.take()
  }

  /** A slice of the buffer still waits in a write: it must not be read into until that has left. */
  lend(): void {
    if (this.#own === null) return
    this.#lent.push(this.#own)
    this.#own = this.#buffers.take()
  }

  /** Everything that was written has left. */
  reclaim(): void {
    for (const buffer of this.#lent) this.#buffers.give(buffer)
    this.#lent.length = 0
  }

  /** The body is over. `isFree` tells that no slice waits any more. */
  end(isFree: boolean): void {
    if (isFree) {
      this.reclaim()
      if (this.#own !== null) this.#buffers.give(this.#own)
    }
    this.#own = null
    this.#lent.length = 0
  }
}
