import type { LimitTerms, Taken } from './limit-terms.ts'

/** Sets of the table; a power of two. */
const SETS = 16_384
/** Keys in each set. */
const WAYS = 8
/** A lock and, to be aligned, an unused number; then the ways. */
const SET_HEAD = 2
/** Two hashes, then four doubles: when nothing is owed any more, the time of the last count, and two numbers of the algorithm. */
const WAY = 10
const SET = SET_HEAD + WAYS * WAY
const MOST_SPINS = 200
/** Of a millisecond each. A thread that died with the lock must not stop the others for ever. */
const MOST_WAITS = 100

/** The limits of the whole node, shared by all its threads: 131,072 keys in some 10 MiB. Made by the worker process. */
export function createLimitTable(): SharedArrayBuffer {
  return new SharedArrayBuffer(SETS * SET * Int32Array.BYTES_PER_ELEMENT)
}

/**
 * Counts by key, exact over all threads: each set of the table has a lock that is held for a few instructions. A set that is
 * full gives up the key that owes least, so a key that is being limited is the last to be forgotten. Which set a key is in no
 * client can know.
 */
export class LimitTable {
  readonly #numbers: Int32Array
  readonly #doubles: Float64Array
  readonly #seed: number
  #high = 0
  #low = 0

  /** `seed` must be the same on all threads. */
  constructor(table: SharedArrayBuffer, seed: number) {
    this.#numbers = new Int32Array(table)
    this.#doubles = new Float64Array(table)
    this.#seed = seed
  }

  /**
   * Takes one under the key when the terms allow it at `now`; `taken` tells. Threads read their clocks at different times: for a
   * key time stands still until the thread that is behind has come as far. Were it set back, what flowed in meanwhile would
   * flow in again and again.
   */
  take(scope: string, key: string, terms: LimitTerms, now: number, taken: Taken): void {
    this.#hash(scope, key)
    const set = (this.#low & (SETS - 1)) * SET
    this.#lock(set)
    const at = this.#find(set, now)
    const moment = Math.max(now, this.#doubles[at + 1]!)
    if (terms.isBucket) this.#takeToken(at, terms, moment, taken)
    else this.#takeFromWindow(at, terms, moment, taken)
    Atomics.store(this.#numbers, set, 0)
  }

  /** Place of the key's first double. A key that was not there has the place of another one, emptied. */
  #find(set: number, now: number): number {
    let worst = -1
    let worstDue = Infinity
    for (let way = set + SET_HEAD; way < set + SET; way += WAY) {
      const at = (way + 2) >> 1
      if (this.#numbers[way] === this.#high && this.#numbers[way + 1] === this.#low && this.#doubles[at]! > 0) return at
      // When it will owe nothing: what is over already goes first.
      const due = this.#doubles[at]!
      if (due < worstDue) [worst, worstDue] = [way, due]
    }
    this.#numbers[worst] = this.#high
    this.#numbers[worst + 1] = this.#low
    const at = (worst + 2) >> 1
    this.#doubles[at] = now
    this.#doubles[at + 1] = -1
    this.#doubles[at + 2] = 0
    this.#doubles[at + 3] = 0
    return at
  }

  /** [until it is full, time, tokens]. */
  #takeToken(at: number, { limit, windowMs, burst }: LimitTerms, now: number, taken: Taken): void {
    const doubles = this.#doubles
    const perMs = limit / windowMs
    const before = doubles[at + 1]!
    const tokens = before < 0 ? burst : Math.min(burst, doubles[at + 2]! + (now - before) * perMs)
    taken.isAllowed = tokens >= 1
    const left = taken.isAllowed ? tokens - 1 : tokens
    taken.retryMs = taken.isAllowed ? 0 : (1 - left) / perMs
    doubles[at] = now + (burst - left) / perMs
    doubles[at + 1] = now
    doubles[at + 2] = left
  }

  /** [until nothing counts, time, count of its window, that of the window before]. */
  #takeFromWindow(at: number, { limit, windowMs }: LimitTerms, now: number, taken: Taken): void {
    const doubles = this.#doubles
    const window = Math.floor(now / windowMs)
    const passed = window - Math.floor(doubles[at + 1]! / windowMs)
    doubles[at + 1] = now
    if (passed !== 0) {
      doubles[at + 3] = passed === 1 ? doubles[at + 2]! : 0
      doubles[at + 2] = 0
    }
    const count = doubles[at + 2]!
    const before = doubles[at + 3]!
    const elapsed = now - window * windowMs
    taken.isAllowed = before * (1 - elapsed / windowMs) + count + 1 <= limit
    if (taken.isAllowed) doubles[at + 2] = count + 1
    taken.retryMs = taken.isAllowed ? 0 : waitInWindow(limit, windowMs, elapsed, count, before)
    doubles[at] = (window + 2) * windowMs
  }

  /** Two hashes of 32 bits; together they are what a key is told apart by. */
  #hash(scope: string, key: string): void {
    let high = this.#seed ^ 0x9e3779b9
    let low = this.#seed
    for (let index = 0; index < scope.length; index++) {
      const code = scope.charCodeAt(index)
      high = Math.imul(high ^ code, 0x85ebca6b)
      low = Math.imul(low ^ code, 0x01000193)
    }
    for (let index = 0; index < key.length; index++) {
      const code = key.charCodeAt(index)
      high = Math.imul(high ^ code, 0x85ebca6b)
      high ^= high >>> 13
      low = Math.imul(low ^ code, 0x01000193)
    }
    low ^= low >>> 15
    low = Math.imul(low, 0x2c1b3c6d)
    this.#high = high | 0
    this.#low = (low ^ (low >>> 13)) | 0
  }

  #lock(set: number): void {
    for (let spin = 0; spin < MOST_SPINS; spin++) if (Atomics.compareExchange(this.#numbers, set, 0, 1) === 0) return
    // Its thread was most likely taken off the processor in between.
    for (let wait = 0; wait < MOST_WAITS; wait++) {
      Atomics.wait(this.#numbers, set, 1, 1)
      if (Atomics.compareExchange(this.#numbers, set, 0, 1) === 0) return
    }
  }
}

/** Until one more fits, as the window before weighs less and less; or else in the next window. */
function waitInWindow(limit: number, windowMs: number, elapsed: number, count: number, before: number): number {
  if (count + 1 <= limit && before > 0) return Math.max(1, windowMs * (1 - (limit - count - 1) / before) - elapsed)
  // In the next window this one weighs as that before does now.
  return windowMs - elapsed + (count + 1 > limit ? Math.max(0, windowMs * (1 - (limit - 1) / count)) : 0)
}
