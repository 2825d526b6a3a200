import { QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'

/** Removes the reports of nodes about snapshots that are gone. */
export async function removeOldAcks(db: Database): Promise<number> {
  const removed = await db.sequelize.query(
    'DELETE FROM node_acks a WHERE NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.epoch = a.epoch AND s.revision = a.revision) RETURNING a.revision',
    { type: QueryTypes.SELECT }
  )
  return removed.length
}
