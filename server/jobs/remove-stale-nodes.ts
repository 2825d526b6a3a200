import { Op } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { inTransaction } from '../in-transaction.ts'

/**
 * Removes the nodes nobody heard of for so many hours, with their reports: what they should serve would be kept, and
 * protected, for ever. Their tokens are refused from then on.
 */
export async function removeStaleNodes(db: Database, now: Date, hours: number): Promise<number> {
  const before = new Date(now.getTime() - hours * 3600_000)
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
