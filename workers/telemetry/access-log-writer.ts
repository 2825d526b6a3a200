/** Lines are handed over when they are so long together, and at every tick. */
const BATCH_CHARACTERS = 65_536
/** Batches that the other side has not taken yet; beyond them lines are dropped. */
const MOST_WAITING = 16

/**
 * Collects lines of the access log in a thread and hands them to the process' main thread, which writes them. Never waits:
 * what the reader of the log does not take is dropped and counted.
 */
export class AccessLogWriter {
  readonly #send: (lines: string) => void
  #lines = ''
  #count = 0
  #waiting = 0
  /** Lines that were dropped. */
  dropped = 0

  constructor(send: (lines: string) => void) {
    this.#send = send
  }

  write(line: string): void {
    this.#lines += line
    this.#count++
    if (this.#lines.length >= BATCH_CHARACTERS) this.handOver()
  }

  handOver(): void {
    if (this.#count === 0) return
    if (this.#waiting < MOST_WAITING) {
      this.#waiting++
      this.#send(this.#lines)
    } else this.dropped += this.#count
    this.#lines = ''
    this.#count = 0
  }

  /** The other side has taken a batch. */
  taken(): void {
    this.#waiting--
  }
}
