import { Op, QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { Where } from '../lists/filters.ts'
import { presentAuditRow } from './audit-list.ts'

const BATCH = 500

/**
 * The rows of the audit that fit, oldest first, as JSON lines; up to the one that is the newest when it begins. Reads a
 * batch when the one before was taken, so that a slow reader holds neither memory nor a connection to the database.
 */
export async function* exportAudit(db: Database, where: readonly Where[]): AsyncGenerator<string> {
  const [head] = await db.sequelize.query<{ sequence: string }>('SELECT sequence FROM audit_head', { type: QueryTypes.SELECT })
  let last = '0'
  for (;;) {
    const rows = await db.audit.findAll({ where: { [Op.and]: [...where, { sequence: { [Op.gt]: last, [Op.lte]: head?.sequence ?? '0' } }] } as Where, order: [['sequence', 'ASC']], limit: BATCH })
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(presentAuditRow(row))}\n`).join('')
    last = rows.at(-1)?.sequence ?? last
    if (rows.length < BATCH) return
  }
}
