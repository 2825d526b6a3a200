import { chooseEncoding, type ChosenEncoding, type CompressibleAnswer, isEventStream } from '../../shared/policies/choose-encoding.ts'
import type { Compression } from '../../shared/schema/compression.ts'
import { asChunk } from '../http1/canonical-chunks.ts'
import { type CompressedSink, ResponseCompressor } from '../compression/response-compressor.ts'
import type { ThreadState } from '../state/thread-state.ts'
import type { Client } from './client.ts'

/** Bytes that may wait for a slow client before nothing more is compressed. */
const MOST_WAITING = 262_144
/** Answers that a thread compresses at one time; more go out as they are. */
const MOST_AT_ONCE = 512

/** Who waits for the end of the compressed answer. */
export interface CompressionOwner {
  readonly client: Client
  lastActivity: number
  /** The origin may be read again. */
  onCompressorDrain(): void
  /** The whole body went to the client. */
  onCompressed(): void
  onDefect(error: unknown): void
}

/** Decides how an answer is compressed, or would be if it had a body. */
export function encodingOf(compression: Compression, state: ThreadState, answer: CompressibleAnswer & { isHttp10: boolean; hasBody: boolean }): ChosenEncoding {
  const chosen = chooseEncoding(compression, answer)
  const isOneTooMany = answer.hasBody && state.counted.compressing >= MOST_AT_ONCE
  // The end of a compressed body can only be told in chunks.
  return answer.isHttp10 || isOneTooMany ? { encoding: null, varies: chosen.varies } : chosen
}

/** An answer on its way through a compressor to a client. */
export class CompressedAnswer implements CompressedSink {
  readonly #owner: CompressionOwner
  readonly #compressor: ResponseCompressor
  readonly #state: ThreadState
  #isHeld = false
  /** The origin's body is whole. */
  isFinishing = false

  constructor(owner: CompressionOwner, encoding: NonNullable<ChosenEncoding['encoding']>, fields: string) {
    this.#owner = owner
    this.#state = owner.client.thread.state
    this.#state.counted.compressing++
    this.#compressor = new ResponseCompressor(encoding, isEventStream(fields), this)
  }

  /** Returns whether more may be read. */
  write(data: Buffer): boolean {
    return this.#compressor.write(data)
  }

  finish(): void {
    if (this.isFinishing) return
    this.isFinishing = true
    this.#compressor.end()
  }

  onCompressed(data: Buffer): void {
    const { client } = this.#owner
    this.#owner.lastActivity = this.#state.now
    client.write(client.framesBodies ? data : asChunk(data, data.length))
    if (client.waiting < MOST_WAITING) return
    this.#isHeld = true
    this.#compressor.pause()
  }

  onClientDrain(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#compressor.resume()
  }

  onCompressorDrain(): void {
    this.#owner.onCompressorDrain()
  }

  onCompressorEnd(): void {
    this.#owner.onCompressed()
  }

  onDefect(error: unknown): void {
    this.#owner.onDefect(error)
  }

  destroy(): void {
    this.#state.counted.compressing--
    this.#compressor.destroy()
  }
}
