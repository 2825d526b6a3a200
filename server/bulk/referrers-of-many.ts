import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { referencesOf } from '../resources/references.ts'
import type { Referrer } from '../resources/referrers.ts'
import { KEPT_REVISIONS } from '../publishing/kept-revisions.ts'

const MOST = 100

/** As findReferrers, for many upstreams at once: each revision is read once. */
export async function referrersOfUpstreams(db: Database, transaction: Transaction, ids: readonly string[]): Promise<Referrer[]> {
  const drafted = await db.sequelize.query<{ id: string; name: string; tenant_code: string | null }>(
    `SELECT DISTINCT routes.id, routes.name, routes.tenant_code FROM route_upstreams JOIN routes ON routes.id = route_id
     WHERE upstream_id = ANY($1::uuid[]) AND routes.deleted_at IS NULL ORDER BY routes.name LIMIT ${MOST}`,
    { bind: [ids], type: QueryTypes.SELECT, transaction }
  )
  const referrers: Referrer[] = drafted.map(({ id, name, tenant_code }) => referrer(id, name, 'draft', tenant_code ?? undefined))
  const served = await db.sequelize.query<{ revision: number; content: string }>(
    `SELECT revision, content FROM snapshots WHERE (epoch, revision) IN (
       ${KEPT_REVISIONS})`,
    { type: QueryTypes.SELECT, transaction }
  )
  const wanted = new Set(ids)
  for (const { revision, content } of served) {
    for (const route of (JSON.parse(content) as SnapshotContent).routes) {
      if (referrers.length >= MOST) return referrers
      const isNamed = referencesOf('routes', route).some(({ kind, id }) => kind === 'upstreams' && wanted.has(id))
      if (isNamed) referrers.push(referrer(route.id, route.name, `revision ${revision}`, route.tenantCode))
    }
  }
  return referrers
}

function referrer(id: string, name: string, place: string, tenantCode: string | undefined): Referrer {
  return { kind: 'routes', id, name, in: place, ...(tenantCode === undefined ? {} : { tenantCode }) }
}
