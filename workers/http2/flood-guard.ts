/** Bytes that may come in a look without being heads or bodies: acknowledgements, windows, settings. */
const JUNK_BYTES = 16_384
/** A client that downloads acknowledges what it got: measured, one byte for 1,261. */
const BYTES_PER_ACKNOWLEDGED = 200
/** Longer heads are not read; fewer bytes on the wire may stand for more than that. */
const MOST_HEAD_BYTES = 65_535
/** With a head something else may come: what the client says of its windows, of other streams. */
const BESIDE_HEAD = 100
const FRAME_HEAD = 9
/** Of a body, a piece in a frame. Whatever has a form of its own in a body (a message of gRPC, a frame of WebSocket) is longer than that. */
const LEAST_PIECE = 4
/** Shorter pieces between two looks: each costs some 50 us, and thousands of them can lie in what is read at once. */
const MOST_TINY = 400
/** What a client may still have on its way in a stream that we ended, and in all of them: the windows. */
export const STREAM_WINDOW = 262_144
export const SESSION_WINDOW = 1_048_576
const MOST_PINGS = 200
const MOST_SETTINGS = 100
const MOST_RESETS = 100

/** Where the bytes of a connection are counted. */
export interface CountedSocket {
  readonly bytesRead?: number
  readonly bytesWritten?: number
}

/** Notices frames that cost us work and tell us nothing: Node itself does not bound them all. */
export class FloodGuard {
  #read = 0
  #written = 0
  #useful = 0
  #pings = 0
  #settings = 0
  #resets = 0
  #tiny = 0
  #late = 0
  #lateToGive = SESSION_WINDOW

  /** A head that is so many bytes of text. */
  head(bytes: number): void {
    this.#useful += Math.min(bytes, MOST_HEAD_BYTES) + BESIDE_HEAD
  }

  /** A piece of a body. Where it is next to nothing, its frame is only work: a body that trickles may come so, a flood of them not. Returns whether there were too many since the last look. */
  piece(bytes: number): boolean {
    const isTiny = bytes < LEAST_PIECE
    this.#useful += isTiny ? bytes : bytes + FRAME_HEAD
    return isTiny && ++this.#tiny > MOST_TINY
  }

  /** A request that its client took back. nghttp2 counts them too, and yet hands out all that lie in one piece of what was read. */
  reset(): boolean {
    return ++this.#resets > MOST_RESETS
  }

  /** A body that we stopped: what of it comes all the same is no fault of the client. Bounded in time, so that it covers no flood. */
  stopped(): void {
    const given = Math.min(STREAM_WINDOW, this.#lateToGive)
    this.#lateToGive -= given
    this.#late += given
  }

  /** Returns whether there were too many since the last look. */
  ping(): boolean {
    return ++this.#pings > MOST_PINGS
  }

  settings(): boolean {
    return ++this.#settings > MOST_SETTINGS
  }

  /** Returns whether too much of what came since the last look was of no use. */
  look({ bytesRead = 0, bytesWritten = 0 }: CountedSocket): boolean {
    const junk = bytesRead - this.#read - this.#useful - (bytesWritten - this.#written) / BYTES_PER_ACKNOWLEDGED
    const late = Math.max(0, Math.min(this.#late, junk))
    this.#late -= late
    this.#lateToGive = Math.min(SESSION_WINDOW, this.#lateToGive + STREAM_WINDOW)
    this.#read = bytesRead
    this.#written = bytesWritten
    this.#useful = 0
    this.#pings = 0
    this.#settings = 0
    this.#resets = 0
    this.#tiny = 0
    return junk - late > JUNK_BYTES
  }
}
