import type { Transaction } from 'sequelize'
import type { Database } from '../../../db/database.ts'
import type { HoldRow } from '../../../db/models/guarded-publishing.ts'

/** The publish that is undecided, or null. There is one at most. */
export async function findOpenHold(db: Database, epoch: string, transaction?: Transaction): Promise<HoldRow | null> {
  return db.holds.findOne({ where: { epoch, outcome: null }, ...(transaction ? { transaction } : {}) })
}

/** Whether only some nodes should serve the revision. */
export function isCanary(hold: HoldRow): boolean {
  return hold.canary !== null && hold.promotedAt === null
}

/** Whether somebody still has to confirm it. */
export function isUnconfirmed(hold: HoldRow): boolean {
  return hold.confirmUntil !== null && hold.confirmedBy === null
}
