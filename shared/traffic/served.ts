import { BUCKETS } from './latency-bounds.ts'

/** What a node or a process answered. */
export interface Served {
  requests: number
  /** Of these, answers 5xx, made here or by an origin. */
  errors: number
  /** By how long they took; bounds in latency-bounds.ts. */
  durations: number[]
}

export function nothingServed(): Served {
  return { requests: 0, errors: 0, durations: Array.from({ length: BUCKETS }, () => 0) }
}

export function addServed(a: Served, b: Served): Served {
  return combined(a, b, (one, other) => one + other)
}

/** What was served from one count to a later one of the same node. */
export function servedBetween(earlier: Served, later: Served): Served {
  return combined(later, earlier, (one, other) => Math.max(0, one - other))
}

function combined(a: Served, b: Served, combine: (one: number, other: number) => number): Served {
  const durations = Array.from({ length: BUCKETS }, (_, bucket) => combine(a.durations[bucket] ?? 0, b.durations[bucket] ?? 0))
  return { requests: combine(a.requests, b.requests), errors: combine(a.errors, b.errors), durations }
}
