import { Op } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { auditHash } from './append-audit.ts'

const BATCH = 1000

/** Walks the whole chain. @returns the sequence of the first row that does not fit, or null when all do. */
export async function verifyAudit(db: Database): Promise<string | null> {
  let after = '0'
  let previousHash: string | null = null
  for (;;) {
    const rows = await db.audit.findAll({ where: { sequence: { [Op.gt]: after } }, order: [['sequence', 'ASC']], limit: BATCH })
    for (const row of rows) {
      const linked = previousHash === null || row.previousHash === previousHash
      if (!linked || auditHash(row) !== row.hash) return row.sequence
      previousHash = row.hash
      after = row.sequence
    }
    if (rows.length < BATCH) return null
  }
}
