import { Op, QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { auditHash } from './append-audit.ts'

const BATCH = 1000
/** What the first row of all is chained to. */
const BEGINNING = '0'.repeat(64)

/**
 * Walks the whole chain up to the row that is the newest when it begins.
 * @returns the sequence of the first row that was changed or is missing, or null when all is as it was written.
 */
export async function verifyAudit(db: Database): Promise<string | null> {
  const [head] = await db.sequelize.query<{ sequence: string; hash: string }>('SELECT sequence, hash FROM audit_head', { type: QueryTypes.SELECT })
  if (head === undefined) return '1'
  let sequence = 0n
  let previousHash = BEGINNING
  while (sequence < BigInt(head.sequence)) {
    const rows = await db.audit.findAll({ where: { sequence: { [Op.gt]: String(sequence), [Op.lte]: head.sequence } }, order: [['sequence', 'ASC']], limit: BATCH })
    if (rows.length === 0) return String(sequence + 1n)
    for (const row of rows) {
      sequence += 1n
      if (BigInt(row.sequence) !== sequence || row.previousHash !== previousHash || auditHash(row) !== row.hash) return String(sequence)
      previousHash = row.hash
    }
  }
  return previousHash === head.hash ? null : head.sequence
}
