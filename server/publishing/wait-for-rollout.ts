import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../../db/database.ts'
import type { SnapshotRow } from '../../db/models/publishing.ts'
import { type Rollout, rolloutOf } from './rollout.ts'

const LOOK_EVERY_MS = 250
/** Whoever comes beyond them is answered at once; each of those who wait asks the database again and again. */
const MOST_WAITING = 100
let waiting = 0

/** The rollout of a revision when it has ended, or as it is after `seconds`. */
export async function waitForRollout(db: Database, snapshot: SnapshotRow, seconds: number): Promise<Rollout> {
  const until = performance.now() + seconds * 1000
  let rollout = await rolloutOf(db, snapshot)
  if (waiting >= MOST_WAITING) return rollout
  waiting++
  try {
    while (!hasEnded(rollout) && performance.now() < until) {
      await delay(Math.min(LOOK_EVERY_MS, until - performance.now()))
      rollout = await rolloutOf(db, snapshot)
    }
    return rollout
  } finally {
    waiting--
  }
}

function hasEnded({ state, superseded }: Rollout): boolean {
  return state !== 'pending' || superseded
}
