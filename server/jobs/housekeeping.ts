import { Op } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { SESSION_IDLE_MS } from '../auth/session.ts'
import { removeOldAcks } from './remove-old-acks.ts'
import { removeOldSnapshots } from './remove-old-snapshots.ts'
import { removeStaleNodes } from './remove-stale-nodes.ts'

const DAY_MS = 24 * 3600_000
/** Expired tokens are listed this long, so that their owners see why they do not work. */
const EXPIRED_TOKENS_MS = 30 * DAY_MS

/** How many of each were removed. */
export interface HousekeepingResult {
  sessions: number
  tokens: number
  nodes: number
  snapshots: number
  acks: number
}

/** Removes what nobody can use any more. May run any number of times, in any number of processes. */
export async function runHousekeeping(db: Database, now: Date): Promise<HousekeepingResult> {
  const idleSince = new Date(now.getTime() - SESSION_IDLE_MS)
  const sessions = await db.sessions.destroy({ where: { [Op.or]: [{ expiresAt: { [Op.lt]: now } }, { lastSeenAt: { [Op.lt]: idleSince } }] } })
  const tokens = await db.apiTokens.destroy({ where: { expiresAt: { [Op.lt]: new Date(now.getTime() - EXPIRED_TOKENS_MS) } } })
  // In this order: a node that is gone holds no snapshot, and a snapshot that is gone needs no reports.
  const nodes = await removeStaleNodes(db, now)
  const snapshots = await removeOldSnapshots(db, now)
  return { sessions, tokens, nodes, snapshots, acks: await removeOldAcks(db) }
}
