import { Op, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'

/**
 * Whether every node should serve something of this epoch. After a recovery none should until the next publish, so that
 * one is made even when it equals what is live.
 */
export async function fleetFollows(db: Database, transaction: Transaction, epoch: string): Promise<boolean> {
  return (await db.desired.count({ where: { epoch: { [Op.ne]: epoch } }, transaction })) === 0
}
