import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { GrantRow } from '../../db/models/grants.ts'
import type { GrantChange, GrantInput } from '../../shared/schema/grant.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import { auditChange } from '../audit/audit-change.ts'
import { actorName } from '../auth/actor.ts'
import { AppError, invalidRequest } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { checkVersion } from '../resources/check-version.ts'
import type { Change } from '../resources/write-resource.ts'
import { findGrant } from './find-grant.ts'
import { presentGrant } from './present-grant.ts'

/** Grants a tenant something for the first time. @throws AppError invalid_request, name_taken */
export async function createGrant(change: Change, { tenantCode, priority, ...input }: GrantInput): Promise<GrantRow> {
  const { db } = change.deps
  const by = actorName(change.actor)
  const now = new Date()
  const row = { tenantCode, ...input, priorityMin: priority.min, priorityMax: priority.max, version: 1, createdBy: by, createdAt: now, updatedBy: by, updatedAt: now }
  return inTransaction(db, async (transaction) => {
    await checkTerms(db, transaction, row)
    if ((await db.grants.count({ where: { tenantCode }, transaction })) > 0) throw new AppError('name_taken', { message: `Tenant ${tenantCode} has a grant already; change that one.` })
    const created = await db.grants.create(row, { transaction })
    await auditChange(change, transaction, { action: 'grants.create', kind: 'grants', resourceId: tenantCode, after: presentGrant(created) })
    return created
  })
}

/** Changes a grant. What the tenant's routes have by now stays. @throws AppError not_found, version_mismatch, invalid_request */
export async function changeGrant(change: Change, tenantCode: string, version: number, { priority, ...wanted }: GrantChange): Promise<GrantRow> {
  const { db } = change.deps
  return inTransaction(db, async (transaction) => {
    const row = await findGrant(db, tenantCode, null, transaction)
    checkVersion('grant', row, version, presentGrant)
    const before = presentGrant(row)
    const { listenerIds = row.listenerIds, upstreamIds = row.upstreamIds, hostSuffixes = row.hostSuffixes } = wanted
    const next = { listenerIds, upstreamIds, hostSuffixes, priorityMin: priority?.min ?? row.priorityMin, priorityMax: priority?.max ?? row.priorityMax }
    await checkTerms(db, transaction, { ...next, listenerIds: added(listenerIds, before.listenerIds), upstreamIds: added(upstreamIds, before.upstreamIds) })
    await row.update({ ...next, version: row.version + 1, updatedBy: actorName(change.actor), updatedAt: new Date() }, { transaction })
    await auditChange(change, transaction, { action: 'grants.update', kind: 'grants', resourceId: tenantCode, before, after: presentGrant(row) })
    return row
  })
}

/** Takes everything back; what is live stays until somebody changes it. @throws AppError not_found, version_mismatch */
export async function removeGrant(change: Change, tenantCode: string, version: number): Promise<void> {
  const { db } = change.deps
  await inTransaction(db, async (transaction) => {
    const row = await findGrant(db, tenantCode, null, transaction)
    checkVersion('grant', row, version, presentGrant)
    await row.destroy({ transaction })
    await auditChange(change, transaction, { action: 'grants.delete', kind: 'grants', resourceId: tenantCode, before: presentGrant(row) })
  })
}

const added = (ids: readonly string[], before: readonly string[]): string[] => ids.filter((id) => !before.includes(id))

async function checkTerms(db: Database, transaction: Transaction, terms: Pick<GrantRow, 'listenerIds' | 'upstreamIds' | 'priorityMin' | 'priorityMax'>): Promise<void> {
  const issues: Issue[] = terms.priorityMin > terms.priorityMax ? [errorIssue('/priority/max', 'invalid_value', 'max must not be less than min')] : []
  const listeners = new Set((await db.drafted.listeners.findAll({ where: { id: terms.listenerIds, deletedAt: null }, attributes: ['id'], transaction })).map(({ id }) => id))
  const shared = new Set((await db.drafted.upstreams.findAll({ where: { id: terms.upstreamIds, deletedAt: null, tenantCode: null }, attributes: ['id'], transaction })).map(({ id }) => id))
  for (const id of terms.listenerIds) if (!listeners.has(id)) issues.push(errorIssue('/listenerIds', 'unknown_reference', `there is no listener with the id ${id}`))
  for (const id of terms.upstreamIds) if (!shared.has(id)) issues.push(errorIssue('/upstreamIds', 'unknown_reference', `there is no upstream without a tenant with the id ${id}`))
  if (issues.length > 0) throw invalidRequest(issues)
}
