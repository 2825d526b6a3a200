import { TICK_MS, type TargetRow } from '../state/target-row.ts'

/** A target that just came back gets at least this share of what it would get. */
const LEAST_SHARE = 0.1

/**
 * Whether a chosen target may be used, while it is warming up: the share of requests it gets grows in a straight line over
 * `slowStartMs` from the time it came back. The caller chooses once more among the others when not.
 */
export function isWarmEnough(row: TargetRow, slowStartMs: number, now: number, random: () => number): boolean {
  const { returnedAt } = row
  if (returnedAt === 0) return true
  const age = now - returnedAt * TICK_MS
  return age >= slowStartMs || random() < Math.max(LEAST_SHARE, age / slowStartMs)
}
