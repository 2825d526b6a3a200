import fs from 'node:fs'

const LINE = 16
/** Files a process keeps free for itself: at least so many, and this share of its limit. */
const LEAST_RESERVE = 32
const RESERVE_SHARE = 0.05

export function createSocketTable(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(threads * LINE * Int32Array.BYTES_PER_ELEMENT)
}

/** The sockets that the threads of a process have open, to clients and origins, and how many they may. */
export class OpenSockets {
  readonly #table: Int32Array
  readonly #own: number
  readonly #most: number

  /** `most`: from mostSockets(). */
  constructor(table: SharedArrayBuffer, thread: number, most: number) {
    this.#table = new Int32Array(table)
    this.#own = thread * LINE
    this.#most = most
  }

  open(): void {
    this.#table[this.#own]!++
  }

  close(): void {
    this.#table[this.#own]!--
  }

  get count(): number {
    let total = 0
    for (let at = 0; at < this.#table.length; at += LINE) total += this.#table[at]!
    return total
  }

  /** No more clients may come: what is left is for the origins of those that are there. */
  get areUsedUp(): boolean {
    return this.count >= this.#most
  }
}

export function forgetSocketsOfThread(table: SharedArrayBuffer, thread: number): void {
  new Int32Array(table)[thread * LINE] = 0
}

/** How many sockets fit under the process' limit of open files, with some left over; Infinity where the limit cannot be found out. */
export function mostSockets(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'latin1'))?.[1]
    if (limit === undefined) return Infinity
    const used = fs.readdirSync('/proc/self/fd').length
    return Math.max(1, Number(limit) - used - Math.max(LEAST_RESERVE, Math.ceil(Number(limit) * RESERVE_SHARE)))
  } catch {
    return Infinity
  }
}
