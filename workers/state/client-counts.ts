/** Counters of one hash; a power of two. */
const SLOTS = 65_536
const HASHES = 2

/** The open connections of each client address, by two hashes, a part of each thread. Made by the worker process. */
export function createClientTable(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(threads * HASHES * SLOTS * Int32Array.BYTES_PER_ELEMENT)
}

/**
 * How many connections a client address has open on the whole node. Addresses are counted under two hashes and the smaller
 * count is taken (a count-min sketch): never too low, and too high only for an address that meets others in both hashes.
 */
export class ClientCounts {
  readonly #table: Int32Array
  readonly #threads: number
  readonly #thread: number
  readonly #seed: number

  /** `seed` must be the same on all threads and unknown to clients, who could choose addresses that meet. */
  constructor(table: SharedArrayBuffer, threads: number, thread: number, seed: number) {
    this.#table = new Int32Array(table)
    this.#threads = threads
    this.#thread = thread
    this.#seed = seed
  }

  open(address: string): void {
    const own = this.#thread * HASHES * SLOTS
    this.#table[own + this.#slot(address, 0)]!++
    this.#table[own + SLOTS + this.#slot(address, 1)]!++
  }

  close(address: string): void {
    const own = this.#thread * HASHES * SLOTS
    this.#table[own + this.#slot(address, 0)]!--
    this.#table[own + SLOTS + this.#slot(address, 1)]!--
  }

  /** Open connections of the address. */
  count(address: string): number {
    return Math.min(this.#sum(this.#slot(address, 0)), this.#sum(SLOTS + this.#slot(address, 1)))
  }

  #sum(slot: number): number {
    let total = 0
    for (let thread = 0; thread < this.#threads; thread++) total += this.#table[thread * HASHES * SLOTS + slot]!
    return total
  }

  #slot(address: string, which: number): number {
    let hash = this.#seed ^ (which * 0x9e3779b9)
    for (let index = 0; index < address.length; index++) hash = Math.imul(hash ^ address.charCodeAt(index), 0x01000193)
    hash ^= hash >>> 15
    hash = Math.imul(hash, 0x2c1b3c6d)
    return (hash ^ (hash >>> 13)) & (SLOTS - 1)
  }
}

export function forgetClientsOfThread(table: SharedArrayBuffer, thread: number): void {
  new Int32Array(table).fill(0, thread * HASHES * SLOTS, (thread + 1) * HASHES * SLOTS)
}
