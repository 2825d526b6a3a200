import { Op } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { inTransaction } from '../in-transaction.ts'

/** A node that was silent this long is taken for gone; its token is refused from then on. */
export const GONE_AFTER_MS = 90 * 24 * 3600_000

/** Removes the nodes nobody heard of for 90 days: what they should serve would be kept, and protected, for ever. */
export async function removeStaleNodes(db: Database, now: Date): Promise<number> {
  const before = new Date(now.getTime() - GONE_AFTER_MS)
  const silent = { [Op.or]: [{ lastHeartbeatAt: { [Op.lt]: before } }, { lastHeartbeatAt: null, createdAt: { [Op.lt]: before } }] }
  return inTransaction(db, async (transaction) => {
    const rows = await db.nodes.findAll({ where: silent, transaction, lock: transaction.LOCK.UPDATE })
    for (const { id, labels, lastHeartbeatAt } of rows) {
      await db.nodes.destroy({ where: { id }, transaction })
      await appendAudit(db, transaction, { actor: 'housekeeping', action: 'nodes.delete', kind: 'nodes', resourceId: id, requestId: '', before: { id, labels, lastHeartbeatAt } })
    }
    return rows.length
  })
}
