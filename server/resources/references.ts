import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { Route } from '../../shared/schema/route.ts'
import { invalidRequest } from '../http/app-error.ts'

/** A resource that a route names, and where it names it. */
interface Reference {
  kind: 'listeners' | 'upstreams'
  id: string
  path: string
}

export function referencesOf(route: Route): Reference[] {
  const references: Reference[] = route.listenerIds.map((id, index) => ({ kind: 'listeners', id, path: `/listenerIds/${index}` }))
  if (route.upstreamId !== undefined) references.push({ kind: 'upstreams', id: route.upstreamId, path: '/upstreamId' })
  for (const [index, entry] of (route.split ?? []).entries()) references.push({ kind: 'upstreams', id: entry.upstreamId, path: `/split/${index}/upstreamId` })
  if (route.mirror !== undefined) references.push({ kind: 'upstreams', id: route.mirror.upstreamId, path: '/mirror/upstreamId' })
  return references
}

/**
 * Checks that everything a route names exists, and keeps it from being deleted until the transaction ends.
 * @throws AppError invalid_request with one issue per unknown reference.
 */
export async function lockReferences(db: Database, transaction: Transaction, route: Route): Promise<void> {
  const references = referencesOf(route)
  const issues: Issue[] = []
  for (const kind of ['listeners', 'upstreams'] as const) {
    const wanted = references.filter((reference) => reference.kind === kind)
    if (wanted.length === 0) continue
    const rows = await db.sequelize.query<{ id: string }>(`SELECT id FROM ${kind} WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL FOR SHARE`, {
      bind: [[...new Set(wanted.map((reference) => reference.id))]],
      type: QueryTypes.SELECT,
      transaction
    })
    const known = new Set(rows.map((row) => row.id))
    for (const { id, path } of wanted) {
      if (!known.has(id)) issues.push(errorIssue(path, 'unknown_reference', `there is no ${kind.slice(0, -1)} with the id ${id}`))
    }
  }
  if (issues.length > 0) throw invalidRequest(issues)
}

/** Writes the rows that protect what a route names. */
export async function storeReferences(db: Database, transaction: Transaction, routeId: string, route: Route): Promise<void> {
  const references = referencesOf(route)
  for (const [table, column, kind] of [
    ['route_listeners', 'listener_id', 'listeners'],
    ['route_upstreams', 'upstream_id', 'upstreams']
  ] as const) {
    const ids = [...new Set(references.filter((reference) => reference.kind === kind).map((reference) => reference.id))]
    await db.sequelize.query(`DELETE FROM ${table} WHERE route_id = $1`, { bind: [routeId], transaction })
    if (ids.length === 0) continue
    await db.sequelize.query(`INSERT INTO ${table} (route_id, ${column}) SELECT $1, unnest($2::uuid[])`, { bind: [routeId, ids], transaction })
  }
}
