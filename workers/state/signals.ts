const HEALTH_EPOCH = 0
/** On a line of its own: it is read with every request and hardly ever written. */
const MEMORY_PRESSURE = 16
const DRAIN_MS = 17
const SIZE = 32

export function createSignalTable(): SharedArrayBuffer {
  return new SharedArrayBuffer(SIZE * Int32Array.BYTES_PER_ELEMENT)
}

/** How short of memory the process is. */
export const PRESSURE = { none: 0, high: 1, critical: 2 } as const

/** Few numbers that every thread looks at before it does anything. */
export class Signals {
  readonly #table: Int32Array

  constructor(table: SharedArrayBuffer) {
    this.#table = new Int32Array(table)
  }

  /** Changes whenever a target becomes available or unavailable anywhere on the node. */
  get healthEpoch(): number {
    return this.#table[HEALTH_EPOCH]!
  }

  healthChanged(): void {
    Atomics.add(this.#table, HEALTH_EPOCH, 1)
  }

  /** One of PRESSURE; written by the worker process. */
  get memoryPressure(): number {
    return this.#table[MEMORY_PRESSURE]!
  }

  set memoryPressure(level: number) {
    Atomics.store(this.#table, MEMORY_PRESSURE, level)
  }

  /** A person drains the node: within so many milliseconds its connections end in order. 0: nobody does. Written by the worker process. */
  get drainMs(): number {
    return this.#table[DRAIN_MS]!
  }

  set drainMs(ms: number) {
    Atomics.store(this.#table, DRAIN_MS, ms)
  }
}
