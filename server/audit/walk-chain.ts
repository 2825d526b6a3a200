import { Op, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { auditHash } from './append-audit.ts'
import type { AuditAnchor } from './audit-anchor.ts'

const BATCH = 1_000

export type ChainProblem = 'row_missing' | 'row_changed' | 'chain_broken'

/** How far the chain holds: the last row that is as it was written, and what is wrong with the next one. */
export interface ChainWalk {
  last: { sequence: string; hash: string }
  problem: ChainProblem | null
}

/** Walks the rows behind `from` up to the one numbered `to`, in batches. Stops at the first that is wrong. */
export async function walkChain(db: Database, from: AuditAnchor, to: string, transaction?: Transaction): Promise<ChainWalk> {
  const last = { sequence: from.sequence, hash: from.hash }
  while (BigInt(last.sequence) < BigInt(to)) {
    const rows = await db.audit.findAll({
      where: { sequence: { [Op.gt]: last.sequence, [Op.lte]: to } },
      order: [['sequence', 'ASC']],
      limit: BATCH,
      ...(transaction ? { transaction } : {})
    })
    if (rows.length === 0) return { last, problem: 'row_missing' }
    for (const row of rows) {
      if (BigInt(row.sequence) !== BigInt(last.sequence) + 1n) return { last, problem: 'row_missing' }
      if (auditHash(row) !== row.hash) return { last, problem: 'row_changed' }
      if (row.previousHash !== last.hash) return { last, problem: 'chain_broken' }
      last.sequence = row.sequence
      last.hash = row.hash
    }
  }
  return { last, problem: null }
}
