import v8 from 'node:v8'
import { performance } from 'node:perf_hooks'
import { PRESSURE, type Signals } from './state/signals.ts'

const LOOK_MS = 5_000
/** Busy for less of the time than this, a thread is calm. */
const CALM_SHARE = 0.1
/** Calm looks in a row: a flood pauses, too. */
const CALM_LOOKS = 2
/** Less than this is not worth a stop. */
const WORTH_BYTES = 4 * 2 ** 20
/** A collection stops the thread for some ms for each 10 MiB. Larger heaps are left to V8, which goes in steps, until memory is short. */
const MOST_CALM_BYTES = 64 * 2 ** 20
const LEAST_GAP_MS = 30_000

/** How a thread stands when it looks. */
export interface HeapLook {
  usedBytes: number
  /** Of the time since the look before. */
  busyShare: number
  isMemoryShort: boolean
}

/**
 * Decides when the whole heap of a thread is collected. V8 does it by itself only when the heap has grown by 8 MiB or more,
 * which never comes once a flood is over, and its own reducer takes a thread that allocates nothing for one that allocates
 * fast (Heap::ComputeMutatorUtilization in heap.cc). So the garbage of a flood would stay for hours.
 */
export class CollectionWatch {
  #floorBytes: number
  #calmLooks = 0
  #lastAt = -Infinity

  constructor(usedBytes: number) {
    this.#floorBytes = usedBytes
  }

  /** Whether to collect now. */
  isDue({ usedBytes, busyShare, isMemoryShort }: HeapLook, now: number): boolean {
    // V8 may have collected meanwhile.
    this.#floorBytes = Math.min(this.#floorBytes, usedBytes)
    this.#calmLooks = busyShare < CALM_SHARE ? this.#calmLooks + 1 : 0
    if (now - this.#lastAt < LEAST_GAP_MS || usedBytes - this.#floorBytes < WORTH_BYTES) return false
    return isMemoryShort || (this.#calmLooks >= CALM_LOOKS && usedBytes <= MOST_CALM_BYTES)
  }

  collected(usedBytes: number, now: number): void {
    this.#floorBytes = usedBytes
    this.#lastAt = now
  }
}

/** Collects the heap of this thread when it is calm, or when the process is short of memory. Does nothing in a process without --expose-gc. */
export function startHeapCollection(signals: Signals): void {
  const collect = globalThis.gc
  if (collect === undefined) return
  const usedBytes = (): number => v8.getHeapStatistics().used_heap_size
  const watch = new CollectionWatch(usedBytes())
  let before = performance.eventLoopUtilization()
  setInterval(() => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    if (!watch.isDue({ usedBytes: usedBytes(), busyShare: utilization, isMemoryShort: signals.memoryPressure !== PRESSURE.none }, performance.now())) return
    collect()
    watch.collected(usedBytes(), performance.now())
  }, LOOK_MS)
}
