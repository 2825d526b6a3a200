import { Op, QueryTypes } from 'sequelize'
import type { Logger } from 'pino'
import type { Database } from '../../db/database.ts'
import { anchorProblem, BEGINNING, findAnchor, storeAnchor } from '../audit/audit-anchor.ts'
import { walkChain } from '../audit/walk-chain.ts'
import { inTransaction } from '../in-transaction.ts'
import type { SecretsKey } from '../sealing/secrets-key.ts'

/** At most so many in one run: the transaction keeps others from appending. */
const MOST_ROWS = 10_000

export interface AuditRetentionDeps {
  db: Database
  secretsKey: SecretsKey | null
  log: Pick<Logger, 'error' | 'warn'>
}

/**
 * Removes the oldest rows of the audit, in their order, and signs where it begins from now on. A part that is not as it
 * was written is kept: what has been signed once could not be told apart any more.
 */
export async function removeOldAudit({ db, secretsKey, log }: AuditRetentionDeps, now: Date, keptDays: number | null): Promise<number> {
  if (keptDays === null) return 0
  if (secretsKey === null) {
    log.warn('AUDIT_KEPT_DAYS has no effect without SECRETS_KEY, which signs where the audit begins')
    return 0
  }
  const before = new Date(now.getTime() - keptDays * 24 * 3600_000)
  return inTransaction(db, async (transaction) => {
    const [head] = await db.sequelize.query<{ sequence: string }>('SELECT sequence FROM audit_head FOR UPDATE', { type: QueryTypes.SELECT, transaction })
    const anchor = await findAnchor(db, transaction)
    const start = anchor ?? BEGINNING
    // The newest row is kept whatever its age.
    const firstKept = await db.audit.findOne({ where: { [Op.or]: [{ at: { [Op.gte]: before } }, { sequence: head?.sequence ?? '0' }] }, order: [['sequence', 'ASC']], attributes: ['sequence'], transaction })
    if (firstKept === null) return 0
    const oldest = BigInt(firstKept.sequence) - 1n
    const most = BigInt(start.sequence) + BigInt(MOST_ROWS)
    const to = oldest < most ? oldest : most
    if (to <= BigInt(start.sequence)) return 0
    const unsigned = anchor && anchorProblem(secretsKey, anchor)
    const { last, problem } = await walkChain(db, start, String(to), transaction)
    if (unsigned !== null || problem !== null) {
      log.error({ sequence: last.sequence, reason: unsigned ?? problem }, 'the audit was tampered with, so nothing of it is removed; see GET /audit/verify')
      return 0
    }
    await storeAnchor(db, transaction, secretsKey, { ...last, at: now })
    await db.sequelize.query("SET LOCAL gateway.retention = 'on'", { transaction })
    return db.audit.destroy({ where: { sequence: { [Op.lte]: last.sequence } }, transaction })
  })
}
