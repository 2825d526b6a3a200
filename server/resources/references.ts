import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import { DRAFTED_TABLES } from '../../db/models/drafted.ts'
import { type DraftedKind, KIND_NOUNS } from '../../shared/schema/resource.ts'
import { isUuid } from '../is-uuid.ts'

/** A resource that another one names, and where it names it. */
interface Reference {
  kind: 'listeners' | 'upstreams' | 'tlsPolicies'
  id: string
  path: string
}

/** What a resource names. Takes one of which other parts are wrong, too; what is no id is left out. */
export function referencesOf(kind: DraftedKind, resource: unknown): Reference[] {
  if (kind === 'routes') return referencesOfRoute(resource)
  const id = kind === 'listeners' ? fieldOf(resource, 'tlsPolicyId') : undefined
  return isUuid(id) ? [{ kind: 'tlsPolicies', id, path: '/tlsPolicyId' }] : []
}

function referencesOfRoute(route: unknown): Reference[] {
  const found: Reference[] = []
  const add = (kind: Reference['kind'], id: unknown, path: string) => {
    if (isUuid(id)) found.push({ kind, id, path })
  }
  for (const [index, id] of listAt(route, 'listenerIds').entries()) add('listeners', id, `/listenerIds/${index}`)
  add('upstreams', fieldOf(route, 'upstreamId'), '/upstreamId')
  for (const [index, entry] of listAt(route, 'split').entries()) add('upstreams', fieldOf(entry, 'upstreamId'), `/split/${index}/upstreamId`)
  add('upstreams', fieldOf(fieldOf(route, 'mirror'), 'upstreamId'), '/mirror/upstreamId')
  return found
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

/** A list that is longer than any may be is refused anyway, so its end is not looked at. */
function listAt(value: unknown, name: string): unknown[] {
  const list = fieldOf(value, name)
  return Array.isArray(list) ? list.slice(0, 1000) : []
}

/**
 * Checks that everything a resource names exists, and keeps it from being deleted until the transaction ends.
 * @returns one issue per unknown reference.
 */
export async function lockReferences(db: Database, transaction: Transaction, naming: DraftedKind, resource: unknown): Promise<Issue[]> {
  const references = referencesOf(naming, resource)
  const issues: Issue[] = []
  for (const kind of ['listeners', 'upstreams', 'tlsPolicies'] as const) {
    const wanted = references.filter((reference) => reference.kind === kind)
    if (wanted.length === 0) continue
    const rows = await db.sequelize.query<{ id: string }>(`SELECT id FROM ${DRAFTED_TABLES[kind]} WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL FOR SHARE`, {
      bind: [[...new Set(wanted.map((reference) => reference.id))]],
      type: QueryTypes.SELECT,
      transaction
    })
    const known = new Set(rows.map((row) => row.id))
    for (const { id, path } of wanted) {
      if (!known.has(id)) issues.push(errorIssue(path, 'unknown_reference', `there is no ${KIND_NOUNS[kind]} with the id ${id}`))
    }
  }
  return issues
}

/** Writes the rows that protect what routes name, in place of those that are there. */
export async function storeReferences(db: Database, transaction: Transaction, routes: readonly { id: string; route: unknown }[]): Promise<void> {
  const references = routes.flatMap(({ id, route }) => referencesOfRoute(route).map((reference) => ({ routeId: id, reference })))
  for (const [table, column, kind] of [
    ['route_listeners', 'listener_id', 'listeners'],
    ['route_upstreams', 'upstream_id', 'upstreams']
  ] as const) {
    const named = references.filter(({ reference }) => reference.kind === kind)
    await db.sequelize.query(`DELETE FROM ${table} WHERE route_id = ANY($1::uuid[])`, { bind: [routes.map(({ id }) => id)], transaction })
    if (named.length === 0) continue
    await db.sequelize.query(`INSERT INTO ${table} (route_id, ${column}) SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[])`, {
      bind: [named.map(({ routeId }) => routeId), named.map(({ reference }) => reference.id)],
      transaction
    })
  }
}
