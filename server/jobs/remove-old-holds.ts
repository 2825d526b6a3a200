import { QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'

/** Removes what is known of how publishes were held whose snapshots are gone. */
export async function removeOldHolds(db: Database): Promise<number> {
  const removed = await db.sequelize.query(
    'DELETE FROM publish_holds h WHERE h.outcome IS NOT NULL AND NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.epoch = h.epoch AND s.revision = h.revision) RETURNING h.revision',
    { type: QueryTypes.SELECT }
  )
  return removed.length
}
