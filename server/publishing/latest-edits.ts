import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { DRAFTED_TABLES } from '../../db/models/drafted.ts'
import { DRAFTED_KINDS, type DraftedKind } from '../../shared/schema/resource.ts'

export interface Edit {
  kind: DraftedKind
  id: string
  name: string
  deleted: boolean
  updatedBy: string
  updatedAt: string
}

/** The ten resources of the draft that were changed last, newest first; only those of `tenants`, unless it is null. */
export async function latestEdits(db: Database, transaction: Transaction, tenants: readonly string[] | null): Promise<Edit[]> {
  const parts = DRAFTED_KINDS.map((kind) => `(SELECT '${kind}' AS kind, id, name, deleted_at IS NOT NULL AS deleted, updated_by, updated_at FROM ${DRAFTED_TABLES[kind]} WHERE $1::text[] IS NULL OR tenant_code = ANY($1) ORDER BY updated_at DESC LIMIT 10)`)
  const rows = await db.sequelize.query<{ kind: DraftedKind; id: string; name: string; deleted: boolean; updated_by: string; updated_at: Date }>(
    `${parts.join(' UNION ALL ')} ORDER BY updated_at DESC LIMIT 10`,
    { bind: [tenants], type: QueryTypes.SELECT, transaction }
  )
  return rows.map(({ kind, id, name, deleted, updated_by, updated_at }) => ({ kind, id, name, deleted, updatedBy: updated_by, updatedAt: updated_at.toISOString() }))
}
