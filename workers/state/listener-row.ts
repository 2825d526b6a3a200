/** Rows of the table: one per listener of the last minutes. */
export const MAX_LISTENERS = 2_048
const LINE = 16

/** The open connections of each listener: a line of each thread. Made by the worker process. */
export function createListenerTable(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(MAX_LISTENERS * threads * LINE * Int32Array.BYTES_PER_ELEMENT)
}

/** The connections that the threads of a node have open on one listener. */
export class ListenerRow {
  readonly #table: Int32Array
  readonly #first: number
  readonly #own: number
  readonly #end: number

  constructor(table: SharedArrayBuffer, threads: number, thread: number, row: number) {
    this.#table = new Int32Array(table)
    this.#first = row * threads * LINE
    this.#own = this.#first + thread * LINE
    this.#end = this.#first + threads * LINE
  }

  open(): void {
    this.#table[this.#own]!++
  }

  close(): void {
    if (this.#table[this.#own]! > 0) this.#table[this.#own]!--
  }

  /** Open connections on the whole node. */
  get connections(): number {
    let total = 0
    for (let at = this.#first; at < this.#end; at += LINE) total += this.#table[at]!
    return total
  }
}

export function forgetListenersOfThread(table: SharedArrayBuffer, threads: number, thread: number): void {
  const numbers = new Int32Array(table)
  for (let row = 0; row < MAX_LISTENERS; row++) numbers[(row * threads + thread) * LINE] = 0
}

export function clearListener(table: SharedArrayBuffer, threads: number, row: number): void {
  new Int32Array(table).fill(0, row * threads * LINE, (row + 1) * threads * LINE)
}
