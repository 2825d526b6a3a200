import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { DRAFTED_TABLES } from '../../db/models/drafted.ts'
import type { Imported, NamesByKind } from '../../shared/configuration-file/configuration-file.ts'
import { hasErrors, type Issue } from '../../shared/schema/issue.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { DRAFTED_KINDS, type DraftedKind } from '../../shared/schema/resource.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { auditContentChange } from '../audit/audit-content-change.ts'
import { actorName } from '../auth/actor.ts'
import { AppError } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { assembleDraft } from '../publishing/assemble-draft.ts'
import { contentIssues } from '../publishing/content-issues.ts'
import { lockConfiguration } from '../publishing/lock-configuration.ts'
import { columnsOf } from '../resources/present-resource.ts'
import { storeReferences } from '../resources/references.ts'
import type { Change } from '../resources/write-resource.ts'
import { type ImportMode, type ImportPlan, planImport, type Resource } from './plan-import.ts'
import { type ImportFormat, readFile } from './read-file.ts'

export interface ImportRequest {
  text: string
  format: ImportFormat
  mode: ImportMode
  dryRun: boolean
}

/** Brings a file into the draft, all of it or nothing. @throws AppError config_invalid with issues that point into the file */
export async function importFile(change: Change, { text, format, mode, dryRun }: ImportRequest): Promise<Imported> {
  const { deps } = change
  const read = readFile(text, format)
  if (hasErrors(read.issues)) throw new AppError('config_invalid', { issues: read.issues, extra: { report: read.report } })
  return inTransaction(deps.db, async (transaction) => {
    await lockConfiguration(deps.db, transaction)
    if (!dryRun) await holdDraft(deps.db, transaction)
    const draft = await assembleDraft(deps.db, transaction)
    if (!draft.ok) throw new AppError('config_invalid', { issues: draft.issues })
    const plan = planImport(draft.value, read, mode)
    const issues = hasErrors(plan.issues) ? plan.issues : (await contentIssues(deps, plan.content, transaction)).map((issue) => inFile(issue, plan))
    if (hasErrors(issues)) throw new AppError('config_invalid', { issues, extra: { report: read.report } })
    const names = (of: 'created' | 'updated' | 'deleted' | 'unchanged'): NamesByKind => Object.fromEntries(DRAFTED_KINDS.map((kind) => [kind, plan.kinds[kind][of].map(({ name }) => name).toSorted()])) as NamesByKind
    const result: Imported = { dryRun, created: names('created'), updated: names('updated'), deleted: names('deleted'), unchanged: names('unchanged'), report: read.report, issues }
    if (!dryRun) await apply(change, transaction, draft.value, plan, { format, mode, created: result.created, updated: result.updated, deleted: result.deleted })
    return result
  })
}

/** Lets nobody else change the draft, or name what is about to go, until the transaction ends. In the order in which editors lock. */
async function holdDraft(db: Database, transaction: Transaction): Promise<void> {
  await db.sequelize.query(`LOCK TABLE ${Object.values(DRAFTED_TABLES).join(', ')} IN EXCLUSIVE MODE`, { transaction })
}

/** An issue about the draft, with its place in the file where what it is about came from there. */
function inFile(issue: Issue, { content, places }: ImportPlan): Issue {
  const [, kind = '', index = '', rest = ''] = /^\/([A-Za-z]+)\/(\d+)(.*)$/.exec(issue.path) ?? []
  const resource = (content as unknown as Record<string, Resource[]>)[kind]?.[Number(index)]
  const place = resource === undefined ? undefined : places.get(`${kind}/${resource.id}`)
  return { ...issue, path: place === undefined ? `/draft${issue.path}` : place(rest) }
}

async function apply(change: Change, transaction: Transaction, draft: SnapshotContent, { kinds, content }: ImportPlan, summary: object): Promise<void> {
  const { db } = change.deps
  const by = actorName(change.actor)
  for (const kind of DRAFTED_KINDS) {
    const { created, updated, deleted } = kinds[kind]
    await removeRows(db, transaction, kind, deleted, by)
    await updateRows(db, transaction, kind, updated, by)
    await createRows(db, transaction, kind, created, by)
  }
  const { created, updated } = kinds.routes
  const written = [...created, ...updated]
  if (written.length > 0) await storeReferences(db, transaction, written.map((route) => ({ id: route.id, route })))
  await auditContentChange(change, transaction, 'config.import', draft, content)
  await appendAudit(db, transaction, { actor: by, action: 'config.import', kind: 'configuration', resourceId: 'draft', requestId: change.requestId, after: summary })
}

async function removeRows(db: Database, transaction: Transaction, kind: DraftedKind, resources: readonly Resource[], by: string): Promise<void> {
  if (resources.length === 0) return
  await db.sequelize.query(`UPDATE ${DRAFTED_TABLES[kind]} SET deleted_at = $2, updated_at = $2, updated_by = $3, version = version + 1 WHERE id = ANY($1::uuid[])`, { bind: [resources.map(({ id }) => id), new Date(), by], transaction })
}

/** In one statement for any number of rows: editors of these wait until it is through. */
async function updateRows(db: Database, transaction: Transaction, kind: DraftedKind, resources: readonly Resource[], by: string): Promise<void> {
  if (resources.length === 0) return
  await db.sequelize.query(
    `UPDATE ${DRAFTED_TABLES[kind]} SET name = given.name, enabled = given.enabled, tenant_code = given."tenantCode", spec = given.spec, updated_at = $2, updated_by = $3, version = version + 1
     FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, name text, enabled boolean, "tenantCode" text, spec jsonb) WHERE ${DRAFTED_TABLES[kind]}.id = given.id`,
    { bind: [rowsOf(resources), new Date(), by], transaction }
  )
}

async function createRows(db: Database, transaction: Transaction, kind: DraftedKind, resources: readonly Resource[], by: string): Promise<void> {
  if (resources.length === 0) return
  await db.sequelize.query(
    `INSERT INTO ${DRAFTED_TABLES[kind]} (id, name, enabled, tenant_code, spec, version, created_by, created_at, updated_by, updated_at)
     SELECT id, name, enabled, "tenantCode", spec, 1, $3, $2, $3, $2 FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, name text, enabled boolean, "tenantCode" text, spec jsonb)`,
    { bind: [rowsOf(resources), new Date(), by], transaction }
  )
}

function rowsOf(resources: readonly Resource[]): string {
  return JSON.stringify(resources.map(({ id, ...resource }) => ({ id, ...columnsOf(resource) })))
}
