import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { DraftedKind } from '../../shared/schema/resource.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { referencesOf } from './references.ts'

/** A route that names a listener or upstream, and where: the draft, or a revision that is live or desired. */
export interface Referrer {
  kind: 'routes'
  id: string
  name: string
  in: string
}

/** Every route that names the resource, in the draft and in the revisions that some node serves or should serve. */
export async function findReferrers(db: Database, transaction: Transaction, kind: DraftedKind, id: string): Promise<Referrer[]> {
  if (kind === 'routes' || kind === 'providers') return []
  const [table, column] = kind === 'listeners' ? ['route_listeners', 'listener_id'] : ['route_upstreams', 'upstream_id']
  const drafted = await db.sequelize.query<{ id: string; name: string }>(
    `SELECT routes.id, routes.name FROM ${table} JOIN routes ON routes.id = route_id WHERE ${column} = $1 AND routes.deleted_at IS NULL ORDER BY routes.name LIMIT 100`,
    { bind: [id], type: QueryTypes.SELECT, transaction }
  )
  const referrers: Referrer[] = drafted.map((route) => ({ kind: 'routes', ...route, in: 'draft' }))
  const served = await db.sequelize.query<{ revision: number; content: string }>(
    `SELECT revision, content FROM snapshots WHERE strpos(content, $1) > 0 AND (epoch, revision) IN (
       SELECT epoch, live_revision FROM configuration UNION SELECT epoch, revision FROM desired)`,
    { bind: [id], type: QueryTypes.SELECT, transaction }
  )
  for (const { revision, content } of served) {
    const { routes } = JSON.parse(content) as SnapshotContent
    for (const route of routes) {
      if (referencesOf(route).some((reference) => reference.kind === kind && reference.id === id)) {
        referrers.push({ kind: 'routes', id: route.id, name: route.name, in: `revision ${revision}` })
      }
    }
  }
  return referrers.slice(0, 100)
}
