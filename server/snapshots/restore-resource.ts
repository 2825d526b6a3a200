import type { Transaction } from 'sequelize'
import type { DraftedRow } from '../../db/models/drafted.ts'
import { type DraftedKind, KIND_NOUNS } from '../../shared/schema/resource.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { decodeByKind } from '../../shared/snapshot/decode-resource.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { actorName } from '../auth/actor.ts'
import { AppError } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { contentOf, findSnapshot } from '../publishing/live.ts'
import { checkVersion } from '../resources/check-version.ts'
import { columnsOf, presentResource, specOf } from '../resources/present-resource.ts'
import { lockReferences, referencesOf, storeReferences } from '../resources/references.ts'
import type { Change } from '../resources/write-resource.ts'
import { keepWithinGrant } from '../tenancy/keep-within-grant.ts'
import { outsideTenants } from '../tenancy/outside-grant.ts'
import { isOwn, tenantScopeOf } from '../tenancy/tenant-scope.ts'
import { visibleContent } from '../tenancy/visible-content.ts'

export interface RestoreRequest {
  kind: DraftedKind
  id: string
  /** The version of it in the draft; 0 when it is not there. */
  version: number
}

export interface Restored {
  outcome: 'created' | 'updated' | 'undeleted'
  row: DraftedRow
}

type Resource = Record<string, unknown> & { id: string; name: string }

/**
 * Sets one resource of the draft to what it was in a revision: makes it, changes it, or takes its deletion back.
 * @throws AppError not_found, version_mismatch, references_missing with what it names that is gone, config_invalid when
 * today's rules do not take it, outside_grant, name_taken
 */
export async function restoreResource(change: Change, revision: number, request: RestoreRequest): Promise<Restored> {
  const { db } = change.deps
  return inTransaction(db, async (transaction) => {
    const scope = await tenantScopeOf(db, change.actor, transaction)
    const content = visibleContent(contentOf(await findSnapshot(db, revision, transaction)), scope)
    const stored = await db.drafted[request.kind].findOne({ where: { id: request.id }, transaction, lock: transaction.LOCK.UPDATE })
    const current = stored?.deletedAt === null ? stored : null
    const resource = decodeOld(content, revision, request)
    if (scope !== null && stored !== null && !isOwn(scope, stored.tenantCode)) throw outsideTenants(scope.tenants)
    checkDraftVersion(current, request)
    await checkReferences(change, transaction, request.kind, resource, content)
    await keepWithinGrant(db, transaction, scope, request.kind, resource, current === null ? undefined : specOf(current))
    const before = current && presentResource(current)
    const row = await write(change, transaction, request, resource, stored)
    if (request.kind === 'routes') await storeReferences(db, transaction, [{ id: row.id, route: resource }])
    await appendAudit(db, transaction, {
      actor: actorName(change.actor),
      action: 'snapshots.restore',
      kind: request.kind,
      resourceId: row.id,
      requestId: change.requestId,
      before,
      after: { ...presentResource(row), restoredFrom: revision }
    })
    return { outcome: current !== null ? 'updated' : stored !== null ? 'undeleted' : 'created', row }
  })
}

/** As the draft holds it today. */
function decodeOld(content: SnapshotContent, revision: number, { kind, id }: RestoreRequest): Record<string, unknown> {
  const old = (content[kind] as unknown as Resource[]).find((resource) => resource.id === id)
  if (old === undefined) throw new AppError('not_found', { message: `Revision ${revision} has no ${KIND_NOUNS[kind]} with the id ${id}.` })
  const { id: _, ...spec } = old
  const decoded = decodeByKind[kind](spec)
  if (!decoded.ok) throw new AppError('config_invalid', { message: `The ${KIND_NOUNS[kind]} of revision ${revision} is not valid any more; see issues.`, issues: decoded.issues })
  return decoded.value as unknown as Record<string, unknown>
}

function checkDraftVersion(current: DraftedRow | null, { version, kind }: RestoreRequest): void {
  if (current !== null) return checkVersion('resource', current, version, presentResource)
  if (version !== 0) throw new AppError('version_mismatch', { message: `The draft has no such ${KIND_NOUNS[kind]} any more; you sent version ${version}. Send version 0 to bring it back.`, extra: { current: null, currentVersion: 0 } })
}

/** What it names has to be in the draft. What is gone is told with the name it had, so that it can be restored first. */
async function checkReferences(change: Change, transaction: Transaction, kind: DraftedKind, resource: unknown, content: SnapshotContent): Promise<void> {
  const issues = await lockReferences(change.deps.db, transaction, kind, resource)
  if (issues.length === 0) return
  const paths = new Set(issues.map(({ path }) => path))
  const missing = referencesOf(kind, resource)
    .filter(({ path }) => paths.has(path))
    .map((reference) => ({ ...reference, name: (content[reference.kind] as unknown as Resource[]).find(({ id }) => id === reference.id)?.name ?? null }))
  const names = [...new Set(missing.map(({ kind: of, name, id }) => `${KIND_NOUNS[of]} ${name ?? id}`))].join(', ')
  throw new AppError('references_missing', { message: `It names what is not in the draft any more: ${names}. Restore these first.`, issues, extra: { missing } })
}

async function write(change: Change, transaction: Transaction, { kind, id }: RestoreRequest, resource: Record<string, unknown>, stored: DraftedRow | null): Promise<DraftedRow> {
  const updated = { updatedBy: actorName(change.actor), updatedAt: new Date() }
  const columns = columnsOf(resource)
  if (stored === null) {
    return change.deps.db.drafted[kind].create({ id, ...columns, version: 1, createdBy: updated.updatedBy, createdAt: updated.updatedAt, ...updated }, { transaction })
  }
  return stored.update({ ...columns, deletedAt: null, version: stored.version + 1, ...updated }, { transaction })
}
