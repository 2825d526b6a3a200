/** Random choices that are the same for the same seed, so that a failing round can be run again. */
export interface SeededRandom {
  /** A whole number from 0 to limit - 1. */
  below(limit: number): number
  one<T>(items: readonly T[]): T
  /** At least one of the items, each at most once. */
  some<T>(items: readonly T[]): T[]
}

/** Mulberry32. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  const one = <T>(items: readonly T[]) => items[below(items.length)] as T
  const some = <T>(items: readonly T[]) => {
    const chosen = items.filter(() => below(3) === 0)
    return chosen.length > 0 ? chosen : [one(items)]
  }
  return { below, one, some }
}
