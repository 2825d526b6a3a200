/** How often a thread shows that it lives. */
const BEAT_MS = 200
/** How often somebody looks within the time that a thread may stall. */
const LOOKS = 10

export function createBeats(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(threads * Int32Array.BYTES_PER_ELEMENT)
}

/** Beats as long as the thread's event loop turns. */
export function startBeating(beats: SharedArrayBuffer, thread: number): void {
  const counts = new Int32Array(beats)
  setInterval(() => Atomics.add(counts, thread, 1), BEAT_MS)
}

/**
 * Calls `stalled` once for a thread that did not beat for `stallSeconds`. Looks are counted, not time: after the
 * whole process was stopped and goes on, nobody is taken for dead.
 * @returns what stops watching, and `watch`, which begins to watch a thread that has just come up.
 */
export function watchBeats(beats: SharedArrayBuffer, stallSeconds: number, stalled: (thread: number) => void) {
  const counts = new Int32Array(beats)
  const watched = new Map<number, { seen: number; misses: number }>()
  const timer = setInterval(() => {
    for (const [thread, state] of watched) {
      const seen = Atomics.load(counts, thread)
      state.misses = seen === state.seen ? state.misses + 1 : 0
      state.seen = seen
      if (state.misses < LOOKS) continue
      watched.delete(thread)
      stalled(thread)
    }
  }, (stallSeconds * 1000) / LOOKS)
  return {
    watch: (thread: number) => void watched.set(thread, { seen: Atomics.load(counts, thread), misses: 0 }),
    forget: (thread: number) => void watched.delete(thread),
    stop: () => clearInterval(timer)
  }
}
