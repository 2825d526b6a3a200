/** Rows of the table: one per target that any published snapshot of the last minutes had. */
export const MAX_TARGETS = 16_384
/** Int32 numbers in a cache line of 64 bytes, so that threads do not slow each other. */
const LINE = 16

// A thread's own line: only that thread writes it.
const IN_FLIGHT = 0
const SUCCEEDED = 1
const FAILED = 2
const CONNECTIONS = 3
// The line all threads write, with atomics.
const EJECTED_UNTIL = 0
const EJECTED_AT = 1
const FAILURES_IN_A_ROW = 2
const ALL_CONNECTIONS = 3
const WAITING = 4
const RETURNED_AT = 5
const SMOOTH_WEIGHT = 6
const SUCCEEDED_BEFORE = 7
const FAILED_BEFORE = 8
const UNHEALTHY_UNTIL = 9
const TAKEN_OUT = 10
const WEIGHT = 11

/** Times in shared memory are ticks of this many milliseconds of the node's clock. */
export const TICK_MS = 100

/** A row for each target: a line of each thread and one that all share. Made by the worker process. */
export function createTargetTable(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(MAX_TARGETS * (threads + 1) * LINE * Int32Array.BYTES_PER_ELEMENT)
}

/** What the threads of a node know together about one target: counts, connections, ejection. Each has its own view of the row. */
export class TargetRow {
  readonly #table: Int32Array
  readonly #first: number
  readonly #own: number
  readonly #all: number

  constructor(table: SharedArrayBuffer, threads: number, thread: number, row: number) {
    this.#table = new Int32Array(table)
    this.#first = row * (threads + 1) * LINE
    this.#own = this.#first + thread * LINE
    this.#all = this.#first + threads * LINE
  }

  enter(): void {
    this.#table[this.#own + IN_FLIGHT]!++
  }

  /** Never falls below zero: the row may have been cleared for another target meanwhile. */
  leave(): void {
    if (this.#table[this.#own + IN_FLIGHT]! > 0) this.#table[this.#own + IN_FLIGHT]!--
  }

  /** Requests in flight to the target on the whole node. */
  get inFlight(): number {
    return this.#sum(IN_FLIGHT)
  }

  /** Attempts that went well, and that failed, on the whole node. They count on for ever and wrap around. */
  get succeeded(): number {
    return this.#sum(SUCCEEDED)
  }

  get failed(): number {
    return this.#sum(FAILED)
  }

  countSuccess(): void {
    this.#table[this.#own + SUCCEEDED]!++
    if (this.#table[this.#all + FAILURES_IN_A_ROW] !== 0) Atomics.store(this.#table, this.#all + FAILURES_IN_A_ROW, 0)
  }

  /** Returns how many attempts failed in a row on the node. */
  countFailure(): number {
    this.#table[this.#own + FAILED]!++
    return Atomics.add(this.#table, this.#all + FAILURES_IN_A_ROW, 1) + 1
  }

  /** Until which tick the target is out; 0: it is not. */
  get ejectedUntil(): number {
    return this.#table[this.#all + EJECTED_UNTIL]!
  }

  /** Takes the target out. False when another thread did so first. */
  eject(nowTick: number, untilTick: number): boolean {
    if (Atomics.compareExchange(this.#table, this.#all + EJECTED_UNTIL, 0, untilTick) !== 0) return false
    Atomics.store(this.#table, this.#all + SUCCEEDED_BEFORE, this.succeeded)
    Atomics.store(this.#table, this.#all + FAILED_BEFORE, this.failed)
    Atomics.store(this.#table, this.#all + EJECTED_AT, nowTick)
    Atomics.store(this.#table, this.#all + FAILURES_IN_A_ROW, 0)
    return true
  }

  /** Lets the target back in. False when it is in already, or another thread did so first. */
  readmit(nowTick: number): boolean {
    const until = this.ejectedUntil
    if (until === 0 || Atomics.compareExchange(this.#table, this.#all + EJECTED_UNTIL, until, 0) !== until) return false
    Atomics.store(this.#table, this.#all + RETURNED_AT, nowTick)
    return true
  }

  /** The last ejection, from which on outcomes count anew; 0: there was none. */
  get ejectedAt(): number {
    return this.#table[this.#all + EJECTED_AT]!
  }

  get succeededBefore(): number {
    return this.#table[this.#all + SUCCEEDED_BEFORE]!
  }

  get failedBefore(): number {
    return this.#table[this.#all + FAILED_BEFORE]!
  }

  /** When the target came (back) to a pool that served without it; 0: never. */
  get returnedAt(): number {
    return this.#table[this.#all + RETURNED_AT]!
  }

  set returnedAt(tick: number) {
    Atomics.store(this.#table, this.#all + RETURNED_AT, tick)
  }

  /** Probes say that the target is not well, and that is believed still. */
  isUnhealthy(nowTick: number): boolean {
    return this.unhealthyUntil > nowTick
  }

  /** Until which tick what probes said keeps the target out; 0: it does not. */
  get unhealthyUntil(): number {
    return this.#table[this.#all + UNHEALTHY_UNTIL]!
  }

  /** What a probe found, which is believed until the tick. */
  setProbe(isUnhealthy: boolean, untilTick: number): void {
    Atomics.store(this.#table, this.#all + UNHEALTHY_UNTIL, isUnhealthy ? untilTick : 0)
  }

  forgetProbe(): void {
    Atomics.store(this.#table, this.#all + UNHEALTHY_UNTIL, 0)
  }

  /** A person took the target out; written by the worker process. */
  get isTakenOut(): boolean {
    return this.#table[this.#all + TAKEN_OUT]! !== 0
  }

  set isTakenOut(isTakenOut: boolean) {
    Atomics.store(this.#table, this.#all + TAKEN_OUT, Number(isTakenOut))
  }

  /** The weight that a person gave the target; 0: none, the configured one counts. Written by the worker process. */
  get weightOverride(): number {
    return this.#table[this.#all + WEIGHT]!
  }

  set weightOverride(weight: number) {
    Atomics.store(this.#table, this.#all + WEIGHT, weight)
  }

  /** Counts a connection that is about to be opened. False when the node has `most` of them; 0: no limit. */
  reserveConnection(most: number): boolean {
    const open = Atomics.add(this.#table, this.#all + ALL_CONNECTIONS, 1) + 1
    if (most > 0 && open > most) {
      Atomics.sub(this.#table, this.#all + ALL_CONNECTIONS, 1)
      return false
    }
    this.#table[this.#own + CONNECTIONS]!++
    return true
  }

  releaseConnection(): void {
    if (this.#table[this.#own + CONNECTIONS]! <= 0) return
    this.#table[this.#own + CONNECTIONS]!--
    Atomics.sub(this.#table, this.#all + ALL_CONNECTIONS, 1)
  }

  /** Connections to the target on the whole node, idle or in use. */
  get connections(): number {
    return this.#table[this.#all + ALL_CONNECTIONS]!
  }

  /** Requests of the whole node that wait for a connection. */
  get waiting(): number {
    return this.#table[this.#all + WAITING]!
  }

  /** False when `most` wait already. */
  startWaiting(most: number): boolean {
    if (Atomics.add(this.#table, this.#all + WAITING, 1) < most) return true
    Atomics.sub(this.#table, this.#all + WAITING, 1)
    return false
  }

  stopWaiting(): void {
    if (this.waiting > 0) Atomics.sub(this.#table, this.#all + WAITING, 1)
  }

  /** The running weight of the smooth weighted round robin. */
  get smoothWeight(): number {
    return this.#table[this.#all + SMOOTH_WEIGHT]!
  }

  set smoothWeight(weight: number) {
    Atomics.store(this.#table, this.#all + SMOOTH_WEIGHT, weight)
  }

  #sum(word: number): number {
    let total = 0
    for (let at = this.#first; at < this.#all; at += LINE) total += this.#table[at + word]!
    return total | 0
  }
}

/** Forgets what a thread that ended had in flight and open; the rest it counted goes on counting. */
export function forgetThread(table: SharedArrayBuffer, threads: number, thread: number): void {
  const numbers = new Int32Array(table)
  for (let row = 0; row < MAX_TARGETS; row++) {
    const own = (row * (threads + 1) + thread) * LINE
    const all = (row * (threads + 1) + threads) * LINE
    numbers[own + IN_FLIGHT] = 0
    const open = numbers[own + CONNECTIONS]!
    if (open === 0) continue
    numbers[own + CONNECTIONS] = 0
    Atomics.sub(numbers, all + ALL_CONNECTIONS, open)
  }
}

/** Makes a row ready for another target. */
export function clearTarget(table: SharedArrayBuffer, threads: number, row: number): void {
  new Int32Array(table).fill(0, row * (threads + 1) * LINE, (row + 1) * (threads + 1) * LINE)
}
