import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { SecretRow } from '../../db/models/secrets.ts'
import { AppError } from '../http/app-error.ts'
import { isUuid } from '../is-uuid.ts'
import { ownedBy } from '../tenancy/owned-by.ts'
import type { TenantScope } from '../tenancy/tenant-scope.ts'

/** One that the scope may see (`null`: any). With a transaction the row is locked until it ends. @throws AppError not_found, also for what is no id at all */
export async function findSecret(db: Database, id: string, scope: TenantScope | null, transaction?: Transaction): Promise<SecretRow> {
  const row = isUuid(id) ? await db.secrets.findOne({ where: { id, deletedAt: null, ...ownedBy(scope) }, ...(transaction ? { transaction, lock: transaction.LOCK.UPDATE } : {}) }) : null
  if (row === null) throw new AppError('not_found', { message: `There is no secret with the id ${id}.` })
  return row
}
