import { Op, type Transaction } from 'sequelize'
import type { DraftedRow } from '../../db/models/drafted.ts'
import { DRAFTED_TABLES } from '../../db/models/drafted.ts'
import { hasErrors, type Issue } from '../../shared/schema/issue.ts'
import { KIND_NOUNS } from '../../shared/schema/resource.ts'
import { canonicalJson } from '../../shared/snapshot/canonical.ts'
import { decodeByKind } from '../../shared/snapshot/decode-resource.ts'
import { appendAudits } from '../audit/append-audit.ts'
import { actorName } from '../auth/actor.ts'
import { AppError, invalidRequest } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { RESOURCE_LISTS } from '../resources/list-resources.ts'
import { columnsOf, presentResource, specOf } from '../resources/present-resource.ts'
import { lockReferences, storeReferences } from '../resources/references.ts'
import { visibleReferrer } from '../resources/referrers.ts'
import type { Change } from '../resources/write-resource.ts'
import { keepWithinGrant } from '../tenancy/keep-within-grant.ts'
import { ownedBy } from '../tenancy/owned-by.ts'
import { type TenantScope, tenantScopeOf } from '../tenancy/tenant-scope.ts'
import { type BulkKind, type BulkRequest, checkBulkRequest, MOST_BULK } from './bulk-request.ts'
import { editInBulk } from './edit-in-bulk.ts'
import { referrersOfUpstreams } from './referrers-of-many.ts'

export interface BulkResult {
  /** Resources that the request means. */
  found: number
  /** Of these, the ones that were not already so. */
  changed: number
}

interface Edited {
  row: DraftedRow
  before: Record<string, unknown>
  after: Record<string, unknown>
}

const MOST_ISSUES = 100

/**
 * Changes many resources of the draft, all or none.
 * Who is limited to some tenants changes theirs only; others are not there for them.
 * @throws AppError invalid_request, not_found with the ids that are not there, selection_changed when the filter finds
 * another number than expected, outside_grant, still_referenced with the referrers
 */
export async function bulkChange(change: Change, kind: BulkKind, request: BulkRequest): Promise<BulkResult> {
  checkBulkRequest(request)
  return inTransaction(change.deps.db, async (transaction) => {
    const scope = await tenantScopeOf(change.deps.db, change.actor, transaction)
    const rows = await lockRows(change, transaction, scope, kind, request)
    if (request.action === 'delete') return removeRows(change, transaction, scope, kind, rows)
    await checkTarget(change, transaction, kind, request)
    const edited = editAll(kind, rows, request)
    if (request.action === 'move') for (const { before, after } of edited) await keepWithinGrant(change.deps.db, transaction, scope, kind, after, before)
    await storeEdited(change, transaction, kind, edited, request)
    return { found: rows.length, changed: edited.length }
  })
}

/** In the order of ids, so that two bulk changes never wait for each other. */
async function lockRows({ deps }: Change, transaction: Transaction, scope: TenantScope | null, kind: BulkKind, { ids, filter, expectedCount }: BulkRequest): Promise<DraftedRow[]> {
  const { filters } = RESOURCE_LISTS[kind]
  const chosen = ids === undefined ? Object.entries(filter ?? {}).flatMap(([name, value]) => filters[name]?.where(value) ?? []) : [{ id: ids }]
  const rows = await deps.db.drafted[kind].findAll({ where: { [Op.and]: [{ deletedAt: null, ...ownedBy(scope) }, ...chosen] }, order: [['id', 'ASC']], limit: MOST_BULK + 1, transaction, lock: transaction.LOCK.UPDATE })
  if (ids !== undefined && rows.length < ids.length) {
    const known = new Set(rows.map(({ id }) => id))
    const missing = ids.filter((id) => !known.has(id))
    throw new AppError('not_found', { message: `There is no ${KIND_NOUNS[kind]} with the id ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? `, nor ${missing.length - 5} more` : ''}; nothing was changed.`, extra: { missing: missing.slice(0, 100) } })
  }
  if (ids === undefined && rows.length !== expectedCount) {
    const found = rows.length > MOST_BULK ? `more than ${MOST_BULK}` : String(rows.length)
    throw new AppError('selection_changed', { message: `The filter finds ${found}, not ${expectedCount}; nothing was changed.`, extra: { found: Math.min(rows.length, MOST_BULK + 1) } })
  }
  return rows
}

/** What routes move to has to be there, and stays until the transaction ends. */
async function checkTarget({ deps }: Change, transaction: Transaction, kind: BulkKind, { upstreamId, listenerIds }: BulkRequest): Promise<void> {
  const issues = await lockReferences(deps.db, transaction, kind, { upstreamId, listenerIds })
  if (issues.length > 0) throw invalidRequest(issues)
}

async function storeEdited(change: Change, transaction: Transaction, kind: BulkKind, edited: readonly Edited[], { action }: BulkRequest): Promise<void> {
  if (edited.length === 0) return
  await writeRows(change, transaction, kind, edited)
  if (action === 'move') await storeReferences(change.deps.db, transaction, edited.map(({ row, after }) => ({ id: row.id, route: after })))
  await audit(change, transaction, kind, edited.map(({ row, before, after }) => ({ id: row.id, ...differing(before, after) })))
}

/** Those that become something else. @throws AppError invalid_request with issues below the id of each */
function editAll(kind: BulkKind, rows: readonly DraftedRow[], request: BulkRequest): Edited[] {
  const issues: Issue[] = []
  const below = (id: string, issue: Issue): Issue => ({ ...issue, path: `/${id}${issue.path}` })
  const edited = rows.flatMap((row): Edited[] => {
    const before = specOf(row)
    const wanted = editInBulk(before, request)
    if (isIssue(wanted)) {
      issues.push(below(row.id, wanted))
      return []
    }
    if (canonicalJson(wanted) === canonicalJson(before)) return []
    const decoded = decodeByKind[kind](wanted)
    if (!decoded.ok) issues.push(...decoded.issues.map((issue) => below(row.id, issue)))
    return decoded.ok ? [{ row, before, after: decoded.value as unknown as Record<string, unknown> }] : []
  })
  if (hasErrors(issues)) throw invalidRequest(issues.slice(0, MOST_ISSUES))
  return edited
}

function isIssue(value: Record<string, unknown> | Issue): value is Issue {
  return 'severity' in value
}

/** In one statement for any number of rows. */
async function writeRows({ deps: { db }, actor }: Change, transaction: Transaction, kind: BulkKind, edited: readonly Edited[]): Promise<void> {
  const table = DRAFTED_TABLES[kind]
  const given = edited.map(({ row, after }) => {
    const { enabled, spec } = columnsOf(after)
    return { id: row.id, enabled, spec }
  })
  await db.sequelize.query(
    `UPDATE ${table} SET enabled = given.enabled, spec = given.spec, updated_at = $2, updated_by = $3, version = version + 1
     FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, enabled boolean, spec jsonb) WHERE ${table}.id = given.id`,
    { bind: [JSON.stringify(given), new Date(), actorName(actor)], transaction }
  )
}

async function removeRows(change: Change, transaction: Transaction, scope: TenantScope | null, kind: BulkKind, rows: readonly DraftedRow[]): Promise<BulkResult> {
  const { deps: { db }, actor } = change
  const ids = rows.map(({ id }) => id)
  const referrers = kind === 'upstreams' ? (await referrersOfUpstreams(db, transaction, ids)).map((referrer) => visibleReferrer(scope, referrer)) : []
  if (referrers.length > 0) {
    const names = [...new Set(referrers.map(({ name, in: place }) => `${name} (${place})`))].slice(0, 5).join(', ')
    throw new AppError('still_referenced', { message: `Still named by ${names}. Change these first; what is live goes with the next publish. Nothing was deleted.`, extra: { referrers } })
  }
  await db.sequelize.query(`UPDATE ${DRAFTED_TABLES[kind]} SET deleted_at = $2, updated_at = $2, updated_by = $3, version = version + 1 WHERE id = ANY($1::uuid[])`, { bind: [ids, new Date(), actorName(actor)], transaction })
  await audit(change, transaction, kind, rows.map((row) => ({ id: row.id, before: presentResource(row), after: undefined })))
  return { found: rows.length, changed: rows.length }
}

/** The name and the tenant, and the fields that differ: a row for each resource stays small. */
function differing(before: Record<string, unknown>, after: Record<string, unknown>) {
  const names = ['enabled', 'labels', 'upstreamId', 'listenerIds'].filter((name) => canonicalJson(before[name] ?? null) !== canonicalJson(after[name] ?? null))
  const picked = (resource: Record<string, unknown>) => Object.fromEntries(['name', 'tenantCode', ...names].map((name) => [name, resource[name]]))
  return { before: picked(before), after: picked(after) }
}

async function audit({ deps, actor, requestId }: Change, transaction: Transaction, kind: BulkKind, changes: readonly { id: string; before: unknown; after: unknown }[]): Promise<void> {
  const entries = changes.map(({ id, before, after }) => ({ actor: actorName(actor), action: `${kind}.bulk`, kind, resourceId: id, requestId, before, after }))
  await appendAudits(deps.db, transaction, entries)
}
