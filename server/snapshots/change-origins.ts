import { QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { DRAFTED_TABLES } from '../../db/models/drafted.ts'
import type { ChangeOrigin, FieldChange, ResourceChange } from '../../shared/schema/resource-change.ts'
import { DRAFTED_KINDS } from '../../shared/schema/resource.ts'
import { canonicalJson } from '../../shared/snapshot/canonical.ts'

/** Where a configuration is from: the draft, or what was published at some moment by somebody. */
export interface ContentPlace {
  isDraft: boolean
  at: Date
  publishedBy: string | null
}

/** Fields are looked up for the resources that were changed last, as far as these rows reach. */
const MOST_ROWS = 1_000

interface Row {
  kind: string
  resource_id: string
  actor: string
  at: Date
  action: string
  before: unknown
  after: unknown
}

/**
 * The changes with who made each: the last one who changed the resource, or the very field, in the time between the two
 * as the audit has it. What it has no row of came into a revision as a whole: by a rollback, whose author is told.
 */
export async function withOrigins(db: Database, changes: ResourceChange[], from: ContentPlace, to: ContentPlace): Promise<ResourceChange[]> {
  if (changes.length === 0) return changes
  const [earlier, later] = from.at <= to.at ? [from, to] : [to, from]
  const rows = Map.groupBy(await rowsBetween(db, changes, earlier.at, later.at), keyOfRow)
  const lastOf = await lastOrigins(db, changes, earlier, later)
  return changes.map((change) => {
    const origin = lastOf(change)
    const own = rows.get(keyOf(change)) ?? []
    return { ...change, ...(origin ? { origin } : {}), fields: change.fields.map((field) => withFieldOrigin(field, own)) }
  })
}

const keyOf = ({ kind, id }: { kind: string; id: string }) => `${kind}/${id}`
const keyOfRow = (row: { kind: string; resource_id: string }) => `${row.kind}/${row.resource_id}`

/** Newest first, with what was before and after. */
async function rowsBetween(db: Database, changes: readonly ResourceChange[], after: Date, until: Date): Promise<Row[]> {
  const ids = changes.filter(({ fields }) => fields.length > 0).slice(0, MOST_ROWS).map(({ id }) => id)
  return db.sequelize.query<Row>(
    `SELECT kind, resource_id, actor, at, action, before, after FROM audit
     WHERE kind = ANY($1) AND resource_id = ANY($2) AND at > $3 AND at <= $4 ORDER BY sequence DESC LIMIT ${MOST_ROWS}`,
    { bind: [[...DRAFTED_KINDS], ids, after, until], type: QueryTypes.SELECT }
  )
}

type FindOrigin = (change: ResourceChange) => ChangeOrigin | undefined

/** Who changed each resource last. */
async function lastOrigins(db: Database, changes: readonly ResourceChange[], earlier: ContentPlace, later: ContentPlace): Promise<FindOrigin> {
  const ids = changes.map(({ id }) => id)
  const audited = await db.sequelize.query<Omit<Row, 'before' | 'after'>>(
    `SELECT DISTINCT ON (kind, resource_id) kind, resource_id, actor, at, action FROM audit
     WHERE kind = ANY($1) AND resource_id = ANY($2) AND at > $3 AND at <= $4 ORDER BY kind, resource_id, sequence DESC`,
    { bind: [[...DRAFTED_KINDS], ids, earlier.at, later.at], type: QueryTypes.SELECT }
  )
  const origins = new Map<string, ChangeOrigin>(later.isDraft ? await draftOrigins(db, ids) : [])
  for (const row of audited) {
    const stored = origins.get(keyOfRow(row))
    // The draft may have been written as a whole since.
    if (stored === undefined || stored.actor === row.actor) origins.set(keyOfRow(row), { actor: row.actor, at: row.at.toISOString(), action: row.action })
  }
  const published: ChangeOrigin | undefined = later.publishedBy === null ? undefined : { actor: later.publishedBy, at: later.at.toISOString(), action: null }
  return (change) => origins.get(keyOf(change)) ?? published
}

async function draftOrigins(db: Database, ids: readonly string[]): Promise<[string, ChangeOrigin][]> {
  const parts = DRAFTED_KINDS.map((kind) => `SELECT '${kind}' AS kind, id, updated_by, updated_at FROM ${DRAFTED_TABLES[kind]} WHERE id = ANY($1::uuid[])`)
  const rows = await db.sequelize.query<{ kind: string; id: string; updated_by: string; updated_at: Date }>(parts.join(' UNION ALL '), { bind: [ids], type: QueryTypes.SELECT })
  return rows.map((row) => [keyOf(row), { actor: row.updated_by, at: row.updated_at.toISOString(), action: null }])
}

/** By the newest row that changed the field. Absent where none did, or where the audit hides both values. */
function withFieldOrigin(field: FieldChange, rows: readonly Row[]): FieldChange {
  const row = rows.find(({ before, after }) => textAt(before, field.path) !== textAt(after, field.path))
  return row === undefined ? field : { ...field, origin: { actor: row.actor, at: row.at.toISOString(), action: row.action } }
}

/** The value at a JSON pointer as canonical text; empty when there is none. */
function textAt(value: unknown, pointer: string): string {
  let at = value
  for (const part of pointer.split('/').slice(1)) {
    if (typeof at !== 'object' || at === null) return ''
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    at = Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : undefined
  }
  return at === undefined ? '' : canonicalJson(at)
}
