/** Milliseconds since the node's zero: alike on all threads, whatever happens to the wall clock. */
export function createThreadClock(clockStart: bigint): () => number {
  const offset = Number(process.hrtime.bigint() - clockStart) / 1e6 - performance.now()
  return () => performance.now() + offset
}
