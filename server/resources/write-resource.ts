import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { DraftedRow } from '../../db/models/drafted.ts'
import { errorIssue } from '../../shared/schema/issue.ts'
import type { DraftedKind } from '../../shared/schema/resource.ts'
import { decodeByKind } from '../../shared/snapshot/decode-resource.ts'
import { auditChange } from '../audit/audit-change.ts'
import { type Actor, actorName } from '../auth/actor.ts'
import type { Deps } from '../deps.ts'
import { AppError, invalidRequest } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { keepWithinGrant } from '../tenancy/keep-within-grant.ts'
import { outsideTenants } from '../tenancy/outside-grant.ts'
import { isOwn, type TenantScope, tenantScopeOf } from '../tenancy/tenant-scope.ts'
import { uuidV7 } from '../uuid-v7.ts'
import { checkVersion } from './check-version.ts'
import { findResource } from './find-resource.ts'
import { mergePatch } from './merge-patch.ts'
import { columnsOf, presentResource, specOf } from './present-resource.ts'
import { lockReferences, storeReferences } from './references.ts'
import { findReferrers, visibleReferrer } from './referrers.ts'

/** Who changes something, for the stored fields and the audit. */
export interface Change {
  deps: Deps
  actor: Actor
  requestId: string
}

/** Adds a resource to the draft. @throws AppError invalid_request with every issue, outside_grant, name_taken */
export async function createResource(change: Change, kind: DraftedKind, input: unknown): Promise<DraftedRow> {
  const { db } = change.deps
  const by = actorName(change.actor)
  return inTransaction(db, async (transaction) => {
    const scope = await tenantScopeOf(db, change.actor, transaction)
    const resource = await decodeDraft(db, transaction, kind, input)
    await keepWithinGrant(db, transaction, scope, kind, resource)
    const now = new Date()
    const row = await db.drafted[kind].create({ id: uuidV7(), ...columnsOf(resource), version: 1, createdBy: by, createdAt: now, updatedBy: by, updatedAt: now }, { transaction })
    if (kind === 'routes') await storeReferences(db, transaction, [{ id: row.id, route: resource }])
    await auditChange(change, transaction, { action: `${kind}.create`, kind, resourceId: row.id, after: presentResource(row) })
    return row
  })
}

/** Changes a resource of the draft by a JSON Merge Patch. @throws AppError not_found, version_mismatch, invalid_request, outside_grant, name_taken */
export async function updateResource(change: Change, kind: DraftedKind, id: string, version: number, patch: unknown): Promise<DraftedRow> {
  const { db } = change.deps
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) throw invalidRequest([errorIssue('', 'invalid_value', 'the body must be an object with the fields to change')])
  return inTransaction(db, async (transaction) => {
    const scope = await tenantScopeOf(db, change.actor, transaction)
    const row = await findOwnResource(db, transaction, scope, kind, id)
    checkVersion('resource', row, version, presentResource)
    const before = presentResource(row)
    const resource = await decodeDraft(db, transaction, kind, mergePatch(specOf(row), patch))
    await keepWithinGrant(db, transaction, scope, kind, resource, specOf(row))
    await row.update({ ...columnsOf(resource), version: row.version + 1, updatedBy: actorName(change.actor), updatedAt: new Date() }, { transaction })
    if (kind === 'routes') await storeReferences(db, transaction, [{ id, route: resource }])
    await auditChange(change, transaction, { action: `${kind}.update`, kind, resourceId: id, before, after: presentResource(row) })
    return row
  })
}

/** Takes a resource out of the draft. @throws AppError not_found, outside_grant, version_mismatch, still_referenced with the referrers */
export async function removeResource(change: Change, kind: DraftedKind, id: string, version: number): Promise<void> {
  const { db } = change.deps
  await inTransaction(db, async (transaction) => {
    const scope = await tenantScopeOf(db, change.actor, transaction)
    const row = await findOwnResource(db, transaction, scope, kind, id)
    checkVersion('resource', row, version, presentResource)
    const referrers = (await findReferrers(db, transaction, kind, id)).map((referrer) => visibleReferrer(scope, referrer))
    if (referrers.length > 0) {
      const names = [...new Set(referrers.map((referrer) => `${referrer.name} (${referrer.in})`))].slice(0, 5).join(', ')
      throw new AppError('still_referenced', { message: `Still named by ${names}. Change these first; what is live goes with the next publish.`, extra: { referrers } })
    }
    const now = new Date()
    await row.update({ deletedAt: now, updatedAt: now, updatedBy: actorName(change.actor), version: row.version + 1 }, { transaction })
    await auditChange(change, transaction, { action: `${kind}.delete`, kind, resourceId: id, before: presentResource(row) })
  })
}

/** A resource that the scope may change. @throws AppError not_found, outside_grant for what it may only see */
async function findOwnResource(db: Database, transaction: Transaction, scope: TenantScope | null, kind: DraftedKind, id: string): Promise<DraftedRow> {
  const row = await findResource(db, kind, id, scope, transaction)
  if (scope !== null && !isOwn(scope, row.tenantCode)) throw outsideTenants(scope.tenants)
  return row
}

/** The resource in its stored form. What it names is there, and stays until the transaction ends. @throws AppError invalid_request with every issue */
async function decodeDraft(db: Database, transaction: Transaction, kind: DraftedKind, input: unknown): Promise<Record<string, unknown>> {
  const decoded = decodeByKind[kind](input)
  const unknown = await lockReferences(db, transaction, kind, decoded.ok ? decoded.value : input)
  if (!decoded.ok) throw invalidRequest([...decoded.issues, ...unknown])
  if (unknown.length > 0) throw invalidRequest(unknown)
  return decoded.value as unknown as Record<string, unknown>
}
