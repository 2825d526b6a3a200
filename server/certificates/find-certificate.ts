import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { CertificateRow } from '../../db/models/certificates.ts'
import { AppError } from '../http/app-error.ts'
import { isUuid } from '../is-uuid.ts'
import { ownedBy } from '../tenancy/owned-by.ts'
import type { TenantScope } from '../tenancy/tenant-scope.ts'

/** One that the scope may see (`null`: any). With a transaction the row is locked until it ends. @throws AppError not_found, also for what is no id at all */
export async function findCertificate(db: Database, id: string, scope: TenantScope | null, transaction?: Transaction): Promise<CertificateRow> {
  const row = isUuid(id) ? await db.certificates.findOne({ where: { id, deletedAt: null, ...ownedBy(scope) }, ...(transaction ? { transaction, lock: transaction.LOCK.UPDATE } : {}) }) : null
  if (row === null) throw new AppError('not_found', { message: `There is no certificate with the id ${id}.` })
  return row
}
