import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { GrantRow } from '../../db/models/grants.ts'
import { AppError } from '../http/app-error.ts'
import { isOwn, type TenantScope } from './tenant-scope.ts'

/** The grant of a tenant, if it is the scope's own (`null`: any). With a transaction the row is locked. @throws AppError not_found */
export async function findGrant(db: Database, tenantCode: string, scope: TenantScope | null, transaction?: Transaction): Promise<GrantRow> {
  const isVisible = scope === null || isOwn(scope, tenantCode)
  const row = isVisible ? await db.grants.findOne({ where: { tenantCode }, ...(transaction ? { transaction, lock: transaction.LOCK.UPDATE } : {}) }) : null
  if (row === null) throw new AppError('not_found', { message: `There is no grant of a tenant ${tenantCode}.` })
  return row
}
