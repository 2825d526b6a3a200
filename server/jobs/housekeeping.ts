import { Op, QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { SESSION_IDLE_MS } from '../auth/session.ts'
import { inTransaction } from '../in-transaction.ts'

/** Snapshots of the current epoch that are always kept. */
export const KEPT_SNAPSHOTS = 20
/** Older ones are kept this long. */
const KEPT_DAYS = 90

export interface HousekeepingResult {
  sessions: number
  tokens: number
  snapshots: number
}

/** Removes what nobody can use any more. May run any number of times, in any number of processes. */
export async function runHousekeeping(db: Database, now: Date): Promise<HousekeepingResult> {
  const idleSince = new Date(now.getTime() - SESSION_IDLE_MS)
  const sessions = await db.sessions.destroy({ where: { [Op.or]: [{ expiresAt: { [Op.lt]: now } }, { lastSeenAt: { [Op.lt]: idleSince } }] } })
  const tokens = await db.apiTokens.destroy({ where: { expiresAt: { [Op.lt]: new Date(now.getTime() - 30 * 24 * 3600_000) } } })
  return { sessions, tokens, snapshots: await removeOldSnapshots(db, now) }
}

/** The one place that may delete snapshots: never live or desired ones, never the newest. */
async function removeOldSnapshots(db: Database, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * 24 * 3600_000)
  return inTransaction(db, async (transaction) => {
    await db.sequelize.query("SET LOCAL gateway.retention = 'on'", { transaction })
    const removed = await db.sequelize.query(
      `DELETE FROM snapshots WHERE created_at < $1
         AND (epoch, revision) NOT IN (SELECT epoch, revision FROM desired)
         AND (epoch, revision) NOT IN (SELECT epoch, live_revision FROM configuration WHERE live_revision IS NOT NULL)
         AND (epoch, revision) NOT IN (SELECT epoch, revision FROM snapshots ORDER BY created_at DESC LIMIT ${KEPT_SNAPSHOTS})
       RETURNING revision`,
      { bind: [before], type: QueryTypes.SELECT, transaction }
    )
    return removed.length
  })
}
