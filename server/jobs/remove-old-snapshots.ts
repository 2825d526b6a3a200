import { QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { KEPT_REVISIONS } from '../publishing/kept-revisions.ts'
import { inTransaction } from '../in-transaction.ts'
import { KEPT_ALWAYS, type Retention } from '../retention.ts'

/** The one place that may delete snapshots: never those that are kept for a reason, never the newest. */
export async function removeOldSnapshots(db: Database, now: Date, { snapshotDays, snapshots }: Retention): Promise<number> {
  const before = new Date(now.getTime() - snapshotDays * 24 * 3600_000)
  return inTransaction(db, async (transaction) => {
    await db.sequelize.query("SET LOCAL gateway.retention = 'on'", { transaction })
    const removed = await db.sequelize.query(
      `WITH ranked AS (SELECT epoch, revision, created_at, row_number() OVER (ORDER BY created_at DESC, revision DESC) AS place FROM snapshots)
       DELETE FROM snapshots WHERE (epoch, revision) IN (SELECT epoch, revision FROM ranked WHERE place > $2 AND (created_at < $1 OR place > $3))
         AND (epoch, revision) NOT IN (${KEPT_REVISIONS})
       RETURNING revision`,
      { bind: [before, KEPT_ALWAYS, snapshots], type: QueryTypes.SELECT, transaction }
    )
    return removed.length
  })
}
