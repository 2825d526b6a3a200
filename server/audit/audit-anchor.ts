import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { AuditAnchorRow } from '../../db/models/audit.ts'
import type { SecretsKey } from '../sealing/secrets-key.ts'

/** The last row of a part of the audit that was removed; the chain goes on from its hash. */
export interface AuditAnchor {
  sequence: string
  hash: string
  /** When the part was removed. */
  at: Date
}

/** What the first row of all is chained to. */
export const BEGINNING: AuditAnchor = { sequence: '0', hash: '0'.repeat(64), at: new Date(0) }

export async function findAnchor(db: Database, transaction?: Transaction): Promise<AuditAnchorRow | null> {
  return db.auditAnchor.findByPk(1, transaction ? { transaction } : {})
}

/** Stores the anchor, signed, in place of the one before. */
export async function storeAnchor(db: Database, transaction: Transaction, key: SecretsKey, anchor: AuditAnchor): Promise<void> {
  await db.auditAnchor.upsert({ id: 1, ...anchor, keyId: key.id, signature: sign(key, anchor) }, { transaction })
}

/** What is wrong with a stored anchor, or null. Whoever can write to the database cannot sign. */
export function anchorProblem(key: SecretsKey | null, anchor: AuditAnchorRow): 'anchor_key_unknown' | 'anchor_forged' | null {
  if (key === null || key.id !== anchor.keyId) return 'anchor_key_unknown'
  const expected = Buffer.from(sign(key, anchor))
  const given = Buffer.from(anchor.signature)
  return given.length === expected.length && timingSafeEqual(given, expected) ? null : 'anchor_forged'
}

function sign(key: SecretsKey, { sequence, hash, at }: AuditAnchor): string {
  const signingKey = Buffer.from(hkdfSync('sha256', key.bytes, '', 'gateway audit anchor v1', 32))
  return createHmac('sha256', signingKey).update(`${sequence}\n${hash}\n${at.toISOString()}`).digest('hex')
}
