import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { inRepeatableRead } from '../in-transaction.ts'
import type { SecretsKey } from '../sealing/secrets-key.ts'
import { type AuditAnchor, anchorProblem, BEGINNING, findAnchor } from './audit-anchor.ts'
import { type ChainProblem, walkChain } from './walk-chain.ts'

/** What a verification found. */
export interface AuditVerification {
  ok: boolean
  /** Rows that are as they were written. */
  rows: number
  /** The last row that retention removed, and when; null: none was. */
  anchor: { sequence: string; at: string } | null
  /** The number of the first row that is wrong, and how; null: none is. */
  problem: { sequence: string; reason: AuditProblem } | null
}

export const AUDIT_PROBLEMS = ['row_missing', 'row_changed', 'chain_broken', 'head_wrong', 'anchor_key_unknown', 'anchor_forged'] as const
export type AuditProblem = ChainProblem | 'head_wrong' | 'anchor_key_unknown' | 'anchor_forged'

/** Walks the whole chain, from the anchor where retention removed a part, to the row that is the newest when it begins. */
export async function verifyAudit(db: Database, key: SecretsKey | null): Promise<AuditVerification> {
  // Of one moment, because retention may move the anchor meanwhile.
  return inRepeatableRead(db, (transaction) => verifyIn(transaction, db, key))
}

async function verifyIn(transaction: Transaction, db: Database, key: SecretsKey | null): Promise<AuditVerification> {
  const anchor = await findAnchor(db, transaction)
  const start: AuditAnchor = anchor ?? BEGINNING
  const found = (rows: bigint, problem: AuditVerification['problem']): AuditVerification => ({
    ok: problem === null,
    rows: Number(rows),
    anchor: anchor && { sequence: anchor.sequence, at: anchor.at.toISOString() },
    problem
  })
  const unsigned = anchor && anchorProblem(key, anchor)
  if (unsigned !== null) return found(0n, { sequence: start.sequence, reason: unsigned })
  const [head] = await db.sequelize.query<{ sequence: string; hash: string }>('SELECT sequence, hash FROM audit_head', { type: QueryTypes.SELECT, transaction })
  if (head === undefined) return found(0n, { sequence: '1', reason: 'head_wrong' })
  const { last, problem } = await walkChain(db, start, head.sequence, transaction)
  const rows = BigInt(last.sequence) - BigInt(start.sequence)
  if (problem !== null) return found(rows, { sequence: String(BigInt(last.sequence) + 1n), reason: problem })
  if (last.sequence !== head.sequence || last.hash !== head.hash) return found(rows, { sequence: head.sequence, reason: 'head_wrong' })
  return found(rows, null)
}
