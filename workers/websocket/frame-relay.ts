import { FrameReader } from './frame-reader.ts'
import type { WebSocketEnd } from './web-socket-end.ts'

/** Bytes that may wait for a slow reader before the other side is no longer read. */
const MOST_WAITING = 262_144

/** Passes the bytes of one direction on as they are, and can end it with a Close frame between two frames. */
export class FrameRelay {
  readonly #to: WebSocketEnd
  readonly #frames = new FrameReader()
  #closing: Buffer | null = null
  bytes = 0
  /** Our own Close frame was sent: what still comes is only looked at. */
  isOver = false

  constructor(to: WebSocketEnd) {
    this.#to = to
  }

  get messages(): number {
    return this.#frames.messages
  }

  /** 0 while no Close frame came. */
  get closeCode(): number {
    return this.#frames.closeCode
  }

  /** Takes buffer[0, length), which may be read into again after it returns. False: enough waits for the reader. */
  take(buffer: Buffer, length: number): boolean {
    if (this.isOver) {
      this.#frames.read(buffer, 0, length, false)
      return true
    }
    const end = this.#frames.read(buffer, 0, length, this.#closing !== null)
    this.bytes += end
    // A copy: one buffer for each of many idle WebSockets would cost more than copying what is sent.
    this.#to.write(Buffer.from(buffer.subarray(0, end)))
    if (this.#closing !== null) {
      this.#finish(this.#closing)
      if (this.isOver) this.#frames.read(buffer, end, length, false)
    }
    return this.#to.waiting < MOST_WAITING
  }

  /** Ends the direction with this frame as soon as the frame under way is over. */
  close(frame: Buffer): void {
    if (this.isOver || this.#closing !== null) return
    this.#closing = frame
    this.#finish(frame)
  }

  #finish(frame: Buffer): void {
    if (!this.#frames.isAtBoundary) return
    this.isOver = true
    // A side that closed by itself needs no second Close frame.
    if (this.closeCode === 0) this.#to.write(frame)
  }
}
