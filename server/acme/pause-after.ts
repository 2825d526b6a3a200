import type { AcmeProblem } from './acme-problem.ts'

const MINUTE_MS = 60_000
/** Authorities do not like to be asked often. */
const REFUSED_MS = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 120 * MINUTE_MS, 480 * MINUTE_MS]
/** One that is away is back some time, and what is due has to follow soon. */
const AWAY_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS]

/**
 * How long to wait after an attempt that failed. `problem` is what the authority said, null for nothing; `orders` are those of the
 * day when this attempt made one, else null; `attempts` failed before this one.
 */
export function pauseAfter({ problem, orders, attempts }: { problem: AcmeProblem | null; orders: number | null; attempts: number }): number {
  const isAway = problem === null || problem.status >= 500
  const pause = orders !== null ? at(REFUSED_MS, orders - 1) : at(isAway ? AWAY_MS : REFUSED_MS, attempts)
  return Math.max(pause, (problem?.retryAfterSeconds ?? 0) * 1000)
}

function at(pauses: readonly number[], place: number): number {
  return pauses[Math.min(place, pauses.length - 1)]!
}
