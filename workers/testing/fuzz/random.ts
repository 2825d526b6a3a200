/** Random numbers that can be repeated: from 0 to below 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!
}

/** The text with a few things put in or taken out at random places. */
export function mutated(random: () => number, text: string, inserts: readonly string[], most: number): string {
  let changed = text
  for (let count = Math.floor(random() * (most + 1)); count > 0; count--) {
    const at = Math.floor(random() * (changed.length + 1))
    const cut = random() < 0.3 ? 1 + Math.floor(random() * 3) : 0
    changed = changed.slice(0, at) + (random() < 0.8 ? pick(random, inserts) : '') + changed.slice(at + cut)
  }
  return changed
}

/** The text in pieces of random lengths. */
export function pieces(random: () => number, text: string): string[] {
  const parts: string[] = []
  const most = random() < 0.5 ? 3 : 1 + Math.floor(random() * text.length)
  for (let at = 0; at < text.length;) {
    const length = 1 + Math.floor(random() * most)
    parts.push(text.slice(at, at + length))
    at += length
  }
  return parts
}
