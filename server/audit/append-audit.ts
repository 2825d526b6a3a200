import { createHash } from 'node:crypto'
import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { canonicalJson } from '../../shared/snapshot/canonical.ts'
import { redact } from './redact.ts'

export interface AuditEntry {
  actor: string
  /** What was done, such as `routes.update`. */
  action: string
  kind: string
  resourceId: string
  requestId: string
  before?: unknown
  after?: unknown
}

/**
 * Appends one row in the transaction of the change itself. Rows are chained: each hash covers the row and the hash
 * before it. The head row is locked until the transaction ends, so the chain never forks.
 */
export async function appendAudit(db: Database, transaction: Transaction, entry: AuditEntry): Promise<void> {
  const [head] = await db.sequelize.query<{ sequence: string; hash: string }>('SELECT sequence, hash FROM audit_head FOR UPDATE', {
    type: QueryTypes.SELECT,
    transaction
  })
  if (head === undefined) throw new Error('audit_head is empty')
  const row = {
    sequence: String(BigInt(head.sequence) + 1n),
    at: new Date(),
    actor: entry.actor,
    action: entry.action,
    kind: entry.kind,
    resourceId: entry.resourceId,
    requestId: entry.requestId,
    before: redact(entry.before),
    after: redact(entry.after),
    previousHash: head.hash
  }
  const hash = auditHash(row)
  await db.audit.create({ ...row, hash }, { transaction })
  await db.sequelize.query('UPDATE audit_head SET sequence = $1, hash = $2', { bind: [row.sequence, hash], transaction })
}

/** sha256 over the canonical JSON of the row without its own hash. */
export function auditHash(row: { at: Date; before: unknown; after: unknown; sequence: string; actor: string; action: string; kind: string; resourceId: string; requestId: string; previousHash: string }): string {
  const { sequence, actor, action, kind, resourceId, requestId, previousHash } = row
  const covered = { sequence, at: row.at.toISOString(), actor, action, kind, resourceId, requestId, before: row.before ?? null, after: row.after ?? null, previousHash }
  return createHash('sha256').update(canonicalJson(covered), 'utf8').digest('hex')
}
