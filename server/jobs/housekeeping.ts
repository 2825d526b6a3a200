import { Op } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { SESSION_IDLE_MS } from '../auth/session.ts'
import { KEPT_HOURS } from '../idempotency/claim-key.ts'
import { DEFAULT_RETENTION, type Retention } from '../retention.ts'
import { removeOldAcks } from './remove-old-acks.ts'
import { removeOldHolds } from './remove-old-holds.ts'
import { removeOldSnapshots } from './remove-old-snapshots.ts'
import { removeStaleNodes } from './remove-stale-nodes.ts'
import { removeOldFailures } from '../auth/login-failures.ts'

const DAY_MS = 24 * 3600_000
/** Expired tokens are listed this long, so that their owners see why they do not work. */
const EXPIRED_TOKENS_MS = 30 * DAY_MS
/** What nobody decided about for so long is void, and what was decided is in the audit. */
const PROPOSALS_MS = 30 * DAY_MS

/** How many of each were removed. */
export interface HousekeepingResult {
  sessions: number
  tokens: number
  nodes: number
  snapshots: number
  acks: number
  minutes: number
  idempotencyKeys: number
  /** What people said about targets, and is over. */
  overrides: number
  holds: number
  proposals: number
}

/** Removes what nobody can use any more. May run any number of times, in any number of processes. */
export async function runHousekeeping(db: Database, now: Date, retention: Retention = DEFAULT_RETENTION): Promise<HousekeepingResult> {
  const idleSince = new Date(now.getTime() - SESSION_IDLE_MS)
  const sessions = await db.sessions.destroy({ where: { [Op.or]: [{ expiresAt: { [Op.lt]: now } }, { lastSeenAt: { [Op.lt]: idleSince } }] } })
  await removeOldFailures(db, now)
  const tokens = await db.apiTokens.destroy({ where: { expiresAt: { [Op.lt]: new Date(now.getTime() - EXPIRED_TOKENS_MS) } } })
  // In this order: a node that is gone holds no snapshot, and a snapshot that is gone needs no reports.
  const nodes = await removeStaleNodes(db, now, retention.nodeHours)
  const snapshots = await removeOldSnapshots(db, now, retention)
  const minutes = await db.nodeMinutes.destroy({ where: { at: { [Op.lt]: new Date(now.getTime() - retention.trafficDays * DAY_MS) } } })
  const idempotencyKeys = await db.idempotencyKeys.destroy({ where: { createdAt: { [Op.lt]: new Date(now.getTime() - KEPT_HOURS * 3600_000) } } })
  const overrides = await db.targetOverrides.destroy({ where: { expiresAt: { [Op.lt]: now } } })
  const proposals = await db.proposals.destroy({ where: { proposedAt: { [Op.lt]: new Date(now.getTime() - PROPOSALS_MS) } } })
  return { sessions, tokens, nodes, snapshots, acks: await removeOldAcks(db), minutes, idempotencyKeys, overrides, holds: await removeOldHolds(db), proposals }
}
