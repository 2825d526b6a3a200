import { Op, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { DraftedRow } from '../../db/models/drafted.ts'
import { type DraftedKind, KIND_NOUNS } from '../../shared/schema/resource.ts'
import { AppError } from '../http/app-error.ts'
import { isUuid } from '../is-uuid.ts'
import type { TenantScope } from '../tenancy/tenant-scope.ts'
import { visibleResources } from '../tenancy/visible-resources.ts'

/** A resource that the scope may see (`null`: any). @throws AppError not_found, also for what is deleted and for what is no id at all. */
export async function findResource(db: Database, kind: DraftedKind, id: string, scope: TenantScope | null, transaction?: Transaction): Promise<DraftedRow> {
  const row = isUuid(id) ? await db.drafted[kind].findOne({ where: { [Op.and]: [{ id, deletedAt: null }, await visibleResources(db, kind, scope, transaction)] }, ...(transaction ? { transaction, lock: transaction.LOCK.UPDATE } : {}) }) : null
  if (row === null) throw new AppError('not_found', { message: `There is no ${KIND_NOUNS[kind]} with the id ${id}.` })
  return row
}
