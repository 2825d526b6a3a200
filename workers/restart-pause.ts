/** Something that lived so long is not in a storm. */
const CALM_MS = 10_000
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000

/**
 * How long to wait before something that ended is started again: not at all after a calm time, then 200 ms, and
 * twice as long each time up to 5 s.
 */
export function createRestartPause(): (livedMs: number) => number {
  let pause = 0
  return (livedMs) => {
    if (livedMs >= CALM_MS) pause = 0
    const now = pause
    pause = pause === 0 ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS)
    return now
  }
}
