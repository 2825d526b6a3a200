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

/** Rows of one statement; a bulk change may write 10,000. */
const BATCH = 1_000

/**
 * Appends one row in the transaction of the change itself. Rows are chained: each hash covers the row and the hash
 * before it. The head row is locked until the transaction ends, so the chain never forks.
 */
export async function appendAudit(db: Database, transaction: Transaction, entry: AuditEntry): Promise<void> {
  await appendAudits(db, transaction, [entry])
}

/** Appends a row for each entry, in their order. */
export async function appendAudits(db: Database, transaction: Transaction, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return
  const [head] = await db.sequelize.query<{ sequence: string; hash: string }>('SELECT sequence, hash FROM audit_head FOR UPDATE', {
    type: QueryTypes.SELECT,
    transaction
  })
  if (head === undefined) throw new Error('audit_head is empty')
  const at = new Date()
  let { sequence, hash } = head
  const rows = entries.map(({ before, after, ...entry }) => {
    sequence = String(BigInt(sequence) + 1n)
    const row = { sequence, at, ...entry, before: redact(before), after: redact(after), previousHash: hash }
    hash = auditHash(row)
    return { ...row, hash }
  })
  for (let from = 0; from < rows.length; from += BATCH) await db.audit.bulkCreate(rows.slice(from, from + BATCH), { transaction })
  await db.sequelize.query('UPDATE audit_head SET sequence = $1, hash = $2', { bind: [sequence, hash], transaction })
}

/** sha256 over the canonical JSON of the row without its own hash. */
export function auditHash(row: { at: Date; before: unknown; after: unknown; sequence: string; actor: string; action: string; kind: string; resourceId: string; requestId: string; previousHash: string }): string {
  const { sequence, actor, action, kind, resourceId, requestId, previousHash } = row
  const covered = { sequence, at: row.at.toISOString(), actor, action, kind, resourceId, requestId, before: row.before ?? null, after: row.after ?? null, previousHash }
  return createHash('sha256').update(canonicalJson(covered), 'utf8').digest('hex')
}
