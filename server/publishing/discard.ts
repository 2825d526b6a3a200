import { Op, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { DRAFTED_TABLES } from '../../db/models/drafted.ts'
import { DRAFTED_KINDS, type DraftedKind } from '../../shared/schema/resource.ts'
import { canonicalJson } from '../../shared/snapshot/canonical.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { auditContentChange } from '../audit/audit-content-change.ts'
import { actorName } from '../auth/actor.ts'
import { AppError } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { columnsOf, specOf } from '../resources/present-resource.ts'
import { storeReferences } from '../resources/references.ts'
import type { Change } from '../resources/write-resource.ts'
import { assembleDraft } from './assemble-draft.ts'
import { contentOf, findLive } from './live.ts'
import { lockConfiguration } from './lock-configuration.ts'
import { summarizeChanges } from './summarize-changes.ts'

/** Sets the draft back to what is live. @returns how many resources changed. @throws AppError conflict before the first publish */
export async function discardDraft(change: Change): Promise<number> {
  const { db } = change.deps
  return inTransaction(db, async (transaction) => {
    await lockConfiguration(db, transaction)
    const live = await findLive(db, transaction)
    if (live === null) throw new AppError('conflict', { message: 'Nothing was published yet, so there is nothing to go back to.' })
    const content = contentOf(live)
    const draft = await assembleDraft(db, transaction)
    const changes = draft.ok ? summarizeChanges(draft.value, content) : undefined
    const by = actorName(change.actor)
    let changed = 0
    for (const kind of DRAFTED_KINDS) {
      const resources = content[kind] as unknown as Resource[]
      changed += await removeOthers(db, transaction, kind, resources.map((resource) => resource.id), by)
      changed += await restoreAll(db, transaction, kind, resources, by)
    }
    await db.configuration.update({ behindRollback: false }, { where: { id: 1 }, transaction })
    const entry = { actor: by, action: 'config.discard', kind: 'configuration', resourceId: 'draft', requestId: change.requestId }
    if (draft.ok) await auditContentChange(change, transaction, 'config.discard', draft.value, content)
    await appendAudit(db, transaction, { ...entry, after: { revision: live.revision, changed, changes } })
    return changed
  })
}

type Resource = Record<string, unknown> & { id: string }

async function removeOthers(db: Database, transaction: Transaction, kind: DraftedKind, kept: string[], by: string): Promise<number> {
  const now = new Date()
  const where = { deletedAt: null, id: { [Op.notIn]: kept } }
  const [count] = await db.drafted[kind].update({ deletedAt: now, updatedAt: now, updatedBy: by, version: db.sequelize.literal('version + 1') as unknown as number }, { where, transaction })
  return count
}

async function restoreAll(db: Database, transaction: Transaction, kind: DraftedKind, resources: Resource[], by: string): Promise<number> {
  // Locked, or a change that commits between reading and writing would stay in part, under a version given twice.
  const rows = await db.drafted[kind].findAll({ where: { id: resources.map((resource) => resource.id) }, transaction, lock: transaction.LOCK.UPDATE })
  const rowById = new Map(rows.map((row) => [row.id, row]))
  const changed = resources.filter(({ id, ...spec }) => {
    const row = rowById.get(id)
    if (row === undefined) throw new Error(`the ${kind} row ${id} of a live revision is missing`)
    return row.deletedAt !== null || canonicalJson(specOf(row)) !== canonicalJson(spec)
  })
  await writeRows(db, transaction, kind, changed, by)
  if (kind === 'routes') await storeReferences(db, transaction, changed.map((route) => ({ id: route.id, route })))
  return changed.length
}

/** In two statements for any number of rows: editors of these wait until it is through. */
async function writeRows(db: Database, transaction: Transaction, kind: DraftedKind, resources: Resource[], by: string): Promise<void> {
  const table = DRAFTED_TABLES[kind]
  // Names may have been swapped, so all of them are freed before any is taken. No name has a control character.
  await db.sequelize.query(`UPDATE ${table} SET name = chr(1) || id WHERE id = ANY($1::uuid[])`, { bind: [resources.map(({ id }) => id)], transaction })
  await db.sequelize.query(
    `UPDATE ${table} SET name = live.name, enabled = live.enabled, tenant_code = live."tenantCode", spec = live.spec,
       deleted_at = NULL, updated_at = $2, updated_by = $3, version = version + 1
     FROM jsonb_to_recordset($1::jsonb) AS live (id uuid, name text, enabled boolean, "tenantCode" text, spec jsonb) WHERE ${table}.id = live.id`,
    { bind: [JSON.stringify(resources.map(({ id, ...resource }) => ({ id, ...columnsOf(resource) }))), new Date(), by], transaction }
  )
}
