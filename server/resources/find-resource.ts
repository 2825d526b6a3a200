import { Op, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { DraftedRow } from '../../db/models/drafted.ts'
import { type DraftedKind, KIND_NOUNS } from '../../shared/schema/resource.ts'
import { AppError } from '../http/app-error.ts'
import { isUuid } from '../is-uuid.ts'
import { presentResource } from './present-resource.ts'
import type { TenantScope } from '../tenancy/tenant-scope.ts'
import { visibleResources } from '../tenancy/visible-resources.ts'

/** A resource that the scope may see (`null`: any). @throws AppError not_found, also for what is deleted and for what is no id at all. */
export async function findResource(db: Database, kind: DraftedKind, id: string, scope: TenantScope | null, transaction?: Transaction): Promise<DraftedRow> {
  const row = isUuid(id) ? await db.drafted[kind].findOne({ where: { [Op.and]: [{ id, deletedAt: null }, await visibleResources(db, kind, scope, transaction)] }, ...(transaction ? { transaction, lock: transaction.LOCK.UPDATE } : {}) }) : null
  if (row === null) throw new AppError('not_found', { message: `There is no ${KIND_NOUNS[kind]} with the id ${id}.` })
  return row
}

/** @throws AppError version_mismatch with the resource as it is now. */
export function checkVersion(row: DraftedRow, version: number): void {
  if (row.version === version) return
  throw new AppError('version_mismatch', {
    message: `The resource is at version ${row.version}; you sent ${version}.`,
    extra: { currentVersion: row.version, current: presentResource(row) }
  })
}
