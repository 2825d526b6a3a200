import { QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { inTransaction } from '../in-transaction.ts'

/** The newest ones are kept whatever their age. */
export const KEPT_ALWAYS = 20
/** Others are kept this long, */
export const KEPT_DAYS = 90
/** and no more than this many: whoever publishes by the minute would fill the disk. */
export const KEPT_AT_MOST = 1_000

/** The one place that may delete snapshots: never live or desired ones, never the newest. */
export async function removeOldSnapshots(db: Database, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * 24 * 3600_000)
  return inTransaction(db, async (transaction) => {
    await db.sequelize.query("SET LOCAL gateway.retention = 'on'", { transaction })
    const removed = await db.sequelize.query(
      `WITH ranked AS (SELECT epoch, revision, created_at, row_number() OVER (ORDER BY created_at DESC, revision DESC) AS place FROM snapshots)
       DELETE FROM snapshots WHERE (epoch, revision) IN (SELECT epoch, revision FROM ranked WHERE place > $2 AND (created_at < $1 OR place > $3))
         AND (epoch, revision) NOT IN (SELECT epoch, revision FROM desired)
         AND (epoch, revision) NOT IN (SELECT epoch, live_revision FROM configuration WHERE live_revision IS NOT NULL)
       RETURNING revision`,
      { bind: [before, KEPT_ALWAYS, KEPT_AT_MOST], type: QueryTypes.SELECT, transaction }
    )
    return removed.length
  })
}
