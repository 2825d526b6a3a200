import type { Origin } from '../upstreams/origin.ts'

/** A longer body is not kept, and its request not repeated once some of it was sent. */
const MOST_BYTES = 65_536

/** What was sent of a request body, so that it can be sent again. Only what came behind the head: that part stays with the head. */
export class RequestReplay {
  readonly #pieces: Buffer[] = []
  #bytes = 0
  #isKeeping = false
  /** Everything of the body that was sent can be sent again. */
  isWhole = true

  /** `isKeeping`: more of the body will come, and may have to be sent twice. */
  begin(isKeeping: boolean): void {
    this.#isKeeping = isKeeping
    this.isWhole = true
  }

  keep(data: Buffer): void {
    if (!this.isWhole) return
    if (!this.#isKeeping || this.#bytes + data.length > MOST_BYTES) {
      this.forget()
      this.isWhole = false
      return
    }
    // The bytes lie in a buffer that is read into again.
    this.#pieces.push(Buffer.from(data))
    this.#bytes += data.length
  }

  writeTo(origin: Origin): void {
    for (const piece of this.#pieces) origin.write(piece)
  }

  forget(): void {
    if (this.#bytes === 0) return
    this.#pieces.length = 0
    this.#bytes = 0
  }
}
