import { CLOSED_WITHOUT_FRAME } from './close-frame.ts'

const OPCODE = 0x0f
const MASKED = 0x80
const LENGTH = 0x7f
const TEXT = 1
const BINARY = 2
const CLOSE_FRAME = 8

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 section 5.2) without changing them: where a frame ends, how
 * many messages there were, and with which code it was closed.
 */
export class FrameReader {
  /** Data messages that began. */
  messages = 0
  /** Of the first Close frame; 0: there was none; 1005: it named none. */
  closeCode = 0
  #opcode = 0
  #headerRead = 0
  #headerLength = 2
  #payload = 0
  #mask = 0
  #payloadAt = 0
  #hasMask = false
  #isFirstClose = false

  /** Between two frames: a frame of our own can be put here. */
  get isAtBoundary(): boolean {
    return this.#headerRead === 0
  }

  /** Reads buffer[at, end) to its end, or with `stops` to the next end of a frame. Returns where it stopped. */
  read(buffer: Uint8Array, at: number, end: number, stops: boolean): number {
    while (at < end) {
      if (this.#headerRead < this.#headerLength) this.#readHeader(buffer[at++]!)
      else at = this.#readPayload(buffer, at, end)
      if (this.#headerRead < this.#headerLength || this.#payloadAt < this.#payload) continue
      this.#headerRead = 0
      this.#headerLength = 2
      if (stops) return at
    }
    return at
  }

  #readHeader(byte: number): void {
    const index = this.#headerRead++
    if (index === 0) this.#opcode = byte & OPCODE
    else if (index === 1) this.#begin(byte)
    else if (index < this.#headerLength - (this.#hasMask ? 4 : 0)) this.#payload = this.#payload * 256 + byte
    else this.#mask = (this.#mask << 8) | byte
    if (this.#headerRead === this.#headerLength) this.#count()
  }

  #begin(byte: number): void {
    const length = byte & LENGTH
    this.#hasMask = (byte & MASKED) !== 0
    this.#payloadAt = 0
    this.#mask = 0
    this.#payload = length < 126 ? length : 0
    this.#headerLength = 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (this.#hasMask ? 4 : 0)
  }

  #count(): void {
    if (this.#opcode === TEXT || this.#opcode === BINARY) this.messages++
    this.#isFirstClose = this.#opcode === CLOSE_FRAME && this.closeCode === 0
    if (this.#isFirstClose) this.closeCode = this.#payload < 2 ? 1005 : CLOSED_WITHOUT_FRAME
  }

  #readPayload(buffer: Uint8Array, at: number, end: number): number {
    const taken = Math.min(this.#payload - this.#payloadAt, end - at)
    if (this.#isFirstClose && this.#payloadAt < 2) this.#readCode(buffer, at, at + taken)
    this.#payloadAt += taken
    return at + taken
  }

  #readCode(buffer: Uint8Array, at: number, end: number): void {
    for (let index = this.#payloadAt; index < 2 && at < end; index++, at++) {
      const byte = buffer[at]! ^ ((this.#mask >>> (24 - index * 8)) & 0xff)
      this.closeCode = index === 0 ? byte * 256 : (this.closeCode & 0xff00) | byte
    }
  }
}
