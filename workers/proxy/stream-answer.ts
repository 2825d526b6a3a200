import type { ServerStreamResponseOptions } from 'node:http2'
import { headerObject } from '../http2/header-object.ts'
import type { ClientStream } from './client-stream.ts'

/** Origins say when an answer was made; answers of our own need no date. */
const AS_IS = { sendDate: false } as ServerStreamResponseOptions

/** Whose answer it is. */
interface AnswerOwner {
  /** Cuts the stream. */
  onDefect(error: unknown): void
}

/**
 * The answer on a stream. What Node does not send cuts the stream, of which its end then tells; nobody who writes has to expect that
 * something is thrown.
 */
export class StreamAnswer {
  readonly #stream: ClientStream
  readonly #owner: AnswerOwner
  /** The head of an answer that is whole: it goes out together with its end. */
  #pending: { raw: string[]; first: string } | null = null
  #trailers = ''

  constructor(stream: ClientStream, owner: AnswerOwner) {
    this.#stream = stream
    this.#owner = owner
  }

  /** Its client took the request back: that is, or was, told by the stream's end. */
  get #isGone(): boolean {
    const stream = this.#stream
    // Reset in order, it would wait until somebody has read what came before.
    if (stream.closed && !stream.destroyed) stream.destroy()
    return stream.destroyed
  }

  interim(status: number, fields: string): void {
    if (this.#isGone) return
    try {
      this.#stream.additionalHeaders({ ':status': status, ...headerObject(fields) })
    } catch (error) {
      this.#owner.onDefect(error)
    }
  }

  /** The head of an answer that is `first`, and nothing more. */
  whole(raw: string[], first: string): void {
    this.#pending = { raw, first }
  }

  /** The head of an answer that goes on with `first`. @returns whether it was sent */
  begin(raw: string[], first: string, waitForTrailers: boolean): boolean {
    const isSent = this.#respond(raw, waitForTrailers, false)
    if (isSent && first !== '') this.#stream.write(Buffer.from(first, 'latin1'))
    return isSent
  }

  #respond(raw: string[], waitForTrailers: boolean, endStream: boolean): boolean {
    const stream = this.#stream
    if (this.#isGone) return false
    try {
      if (waitForTrailers) stream.on('wantTrailers', () => this.#sendTrailers())
      stream.respond(raw, { ...AS_IS, waitForTrailers, endStream })
      return true
    } catch (error) {
      this.#owner.onDefect(error)
      return false
    }
  }

  #sendTrailers(): void {
    try {
      this.#stream.sendTrailers(headerObject(this.#trailers))
    } catch (error) {
      this.#owner.onDefect(error)
    }
  }

  /** A copy: Node keeps what it is given until it may send it, and the origin's buffer is read into again. */
  write(data: Buffer): void {
    this.#stream.write(Buffer.from(data))
  }

  end(trailers: string): void {
    const stream = this.#stream
    const pending = this.#pending
    this.#pending = null
    this.#trailers = trailers
    if (pending === null) return void (stream.destroyed || stream.end())
    const isBare = pending.first === '' && trailers === ''
    if (this.#respond(pending.raw, trailers !== '', isBare) && !isBare) stream.end(Buffer.from(pending.first, 'latin1'))
  }
}
