/** Rows of the table: one per target that any published snapshot of the last minutes had. */
export const MAX_ROWS = 16_384
/** A counter per cache line, so that threads do not slow each other (64 bytes). */
const STRIDE = 16

/**
 * The node's requests in flight per target: rows of counters, one column per thread. A thread writes only its own column;
 * readers sum over all. Made by the worker process and handed to every thread.
 */
export function createSharedCounters(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(MAX_ROWS * threads * STRIDE * Int32Array.BYTES_PER_ELEMENT)
}

/** Forgets what a thread that ended had in flight. */
export function zeroThreadSlice(counters: SharedArrayBuffer, threads: number, thread: number): void {
  const table = new Int32Array(counters)
  for (let row = 0; row < MAX_ROWS; row++) Atomics.store(table, (row * threads + thread) * STRIDE, 0)
}

/** One thread's view of the table. */
export class InFlightCounts {
  readonly #table: Int32Array
  readonly #threads: number
  readonly #thread: number

  constructor(counters: SharedArrayBuffer, threads: number, thread: number) {
    this.#table = new Int32Array(counters)
    this.#threads = threads
    this.#thread = thread
  }

  add(row: number): void {
    Atomics.add(this.#table, (row * this.#threads + this.#thread) * STRIDE, 1)
  }

  /** A column never falls below zero: its row may have been given to another target meanwhile. */
  remove(row: number): void {
    const index = (row * this.#threads + this.#thread) * STRIDE
    if (this.#table[index]! > 0) Atomics.sub(this.#table, index, 1)
  }

  /** Requests in flight to the target in all threads of the node. */
  sum(row: number): number {
    let total = 0
    const first = row * this.#threads * STRIDE
    for (let thread = 0; thread < this.#threads; thread++) total += this.#table[first + thread * STRIDE]!
    return total
  }
}
