/** Rows of the table: one per upstream of the last minutes. */
export const MAX_UPSTREAMS = 8_192
const LINE = 16
/** A bucket for each second of the window: its second, requests, retries. */
const BUCKETS = 10
const BUCKET = 3
const COLUMN = 2 * LINE
const CURSOR = 0
const LOCK = 1
/** A thread that died with the lock must not stop the others. */
const MOST_SPINS = 2_000

/** A row for each upstream: a line that all threads share, and a column of each thread. Made by the worker process. */
export function createUpstreamTable(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(MAX_UPSTREAMS * (LINE + threads * COLUMN) * Int32Array.BYTES_PER_ELEMENT)
}

/** What the threads of a node know together about one upstream: whose turn it is, and how much was retried. */
export class UpstreamRow {
  readonly #table: Int32Array
  readonly #first: number
  readonly #own: number
  readonly #end: number

  constructor(table: SharedArrayBuffer, threads: number, thread: number, row: number) {
    this.#table = new Int32Array(table)
    this.#first = row * (LINE + threads * COLUMN)
    this.#own = this.#first + LINE + thread * COLUMN
    this.#end = this.#first + LINE + threads * COLUMN
  }

  /** Counts up with every call on any thread; never negative. */
  nextTurn(): number {
    return Atomics.add(this.#table, this.#first + CURSOR, 1) & 0x7fffffff
  }

  /** Keeps the other threads of the node out for the few instructions until unlock(). */
  lock(): void {
    for (let spin = 0; spin < MOST_SPINS; spin++) if (Atomics.compareExchange(this.#table, this.#first + LOCK, 0, 1) === 0) return
  }

  unlock(): void {
    Atomics.store(this.#table, this.#first + LOCK, 0)
  }

  countRequest(now: number): void {
    this.#table[this.#bucket(now) + 1]!++
  }

  /**
   * Counts a retry when it is allowed: while the retries of the last 10 s are under `percent` of the requests, or those of
   * this second under `leastPerSecond`. Exact for the node, but for retries at the same instant.
   */
  takeRetry(now: number, percent: number, leastPerSecond: number): boolean {
    const bucket = this.#bucket(now)
    const second = this.#table[bucket]!
    let requests = 0
    let retries = 0
    let inThisSecond = 0
    for (let column = this.#first + LINE; column < this.#end; column += COLUMN) {
      for (let at = column; at < column + BUCKETS * BUCKET; at += BUCKET) {
        if (second - this.#table[at]! >= BUCKETS) continue
        requests += this.#table[at + 1]!
        retries += this.#table[at + 2]!
        if (this.#table[at] === second) inThisSecond += this.#table[at + 2]!
      }
    }
    if (inThisSecond >= leastPerSecond && (retries + 1) * 100 > requests * percent) return false
    this.#table[bucket + 2]!++
    return true
  }

  /** The own bucket of this second, emptied when it was another second's. Second 0 is never used, so that empty ones are old. */
  #bucket(now: number): number {
    const second = Math.floor(now / 1000) + BUCKETS + 1
    const at = this.#own + (second % BUCKETS) * BUCKET
    if (this.#table[at] !== second) {
      this.#table[at] = second
      this.#table[at + 1] = 0
      this.#table[at + 2] = 0
    }
    return at
  }
}

/** Makes a row ready for another upstream. */
export function clearUpstream(table: SharedArrayBuffer, threads: number, row: number): void {
  const size = LINE + threads * COLUMN
  new Int32Array(table).fill(0, row * size, (row + 1) * size)
}
