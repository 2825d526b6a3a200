import type { Model, ModelStatic, Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { anchorProblem, findAnchor, storeAnchor } from '../audit/audit-anchor.ts'
import { SEALED_FOR } from '../acme/acme-account.ts'
import { inTransaction } from '../in-transaction.ts'
import { seal, unseal } from './seal.ts'
import type { SecretsKey } from './secrets-key.ts'

export interface Resealed { certificates: number; secrets: number; acmeAccounts: number; webhooks: number }

/**
 * Seals everything in the database with another key, all of it or nothing; nobody may use the database meanwhile.
 * Kept answers to requests with an Idempotency-Key are forgotten: they live for a day only.
 * @throws Error that names the row that the old key does not open
 */
export async function reseal(db: Database, from: SecretsKey, to: SecretsKey): Promise<Resealed> {
  return inTransaction(db, async (transaction) => {
    await db.sequelize.query('LOCK TABLE certificates, secrets, acme_accounts, webhooks, audit_anchor IN EXCLUSIVE MODE', { transaction })
    const again = (id: string, sealed: string): string => seal(to, id, unseal(from, id, sealed))
    const resealed = {
      certificates: await resealRows(db.certificates, from, to, transaction, (row) => ({ sealedKey: again(row.id, row.sealedKey) })),
      secrets: await resealRows(db.secrets, from, to, transaction, (row) => ({ sealedValue: again(row.id, row.sealedValue) })),
      acmeAccounts: await resealRows(db.acmeAccounts, from, to, transaction, (row) => ({ sealedKey: again(SEALED_FOR, row.sealedKey) })),
      webhooks: await resealRows(db.webhooks, from, to, transaction, (row) => ({ sealedSecret: again(row.id, row.sealedSecret), sealedPrevious: row.sealedPrevious && again(row.id, row.sealedPrevious) }))
    }
    await db.idempotencyKeys.destroy({ where: {}, transaction })
    const anchor = await findAnchor(db, transaction)
    if (anchor !== null) {
      const problem = anchorProblem(from, anchor)
      if (problem !== null) throw new Error(`the anchor of the audit is not signed with the old key (${problem})`)
      await storeAnchor(db, transaction, to, { sequence: anchor.sequence, hash: anchor.hash, at: anchor.at })
    }
    await appendAudit(db, transaction, { actor: 'command line', action: 'secrets.rotate', kind: 'secrets', resourceId: to.id, requestId: '', before: { keyId: from.id }, after: { keyId: to.id, ...resealed } })
    return resealed
  })
}

/** @returns how many rows there were */
async function resealRows<Row extends Model & { keyId: string }>(model: ModelStatic<Row>, from: SecretsKey, to: SecretsKey, transaction: Transaction, change: (row: Row) => Partial<Row>): Promise<number> {
  const rows = await model.findAll({ transaction })
  for (const row of rows) {
    if (row.keyId !== from.id) throw new Error(`a row of ${model.tableName} is sealed with the key whose id is ${row.keyId}, not with SECRETS_KEY (${from.id})`)
    await row.update({ ...change(row), keyId: to.id } as never, { transaction })
  }
  return rows.length
}
