import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'

/** For each of these revisions that has one: the last one before it with the same content, such as the one that a rollback went back to. */
export async function sameContentBefore(db: Database, revisions: readonly number[], transaction?: Transaction): Promise<ReadonlyMap<number, number>> {
  const rows = await db.sequelize.query<{ revision: number; before: number | null }>(
    `SELECT s.revision, (SELECT max(e.revision) FROM snapshots e WHERE e.epoch = s.epoch AND e.sha256 = s.sha256 AND e.revision < s.revision) AS before
     FROM snapshots s WHERE s.revision = ANY($1::int[])`,
    { bind: [revisions], type: QueryTypes.SELECT, ...(transaction === undefined ? {} : { transaction }) }
  )
  return new Map(rows.flatMap(({ revision, before }) => (before === null ? [] : [[revision, before] as const])))
}
