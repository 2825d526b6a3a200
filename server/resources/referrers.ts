import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { DraftedKind } from '../../shared/schema/resource.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { isOwn, type TenantScope } from '../tenancy/tenant-scope.ts'
import { referencesOf } from './references.ts'
import { KEPT_REVISIONS } from '../publishing/kept-revisions.ts'

/** A resource that names another one, and where: the draft, or a revision that is live or desired. */
export interface Referrer {
  kind: 'routes' | 'listeners'
  id: string
  name: string
  in: string
  tenantCode?: string
}

const MOST = 100

/** Which resources may name those of a kind, and where the draft says so. */
const NAMED_BY: Partial<Record<DraftedKind, { by: Referrer['kind']; sql: string }>> = {
  listeners: { by: 'routes', sql: 'SELECT routes.id, routes.name, routes.tenant_code FROM route_listeners JOIN routes ON routes.id = route_id WHERE listener_id = $1 AND routes.deleted_at IS NULL' },
  upstreams: { by: 'routes', sql: 'SELECT routes.id, routes.name, routes.tenant_code FROM route_upstreams JOIN routes ON routes.id = route_id WHERE upstream_id = $1 AND routes.deleted_at IS NULL' },
  tlsPolicies: { by: 'listeners', sql: "SELECT id, name, NULL AS tenant_code FROM listeners WHERE spec->>'tlsPolicyId' = $1 AND deleted_at IS NULL" },
  policies: {
    by: 'routes',
    // Routes name policies; their own tenant's goes before the one that all share.
    sql: `SELECT routes.id, routes.name, routes.tenant_code FROM routes JOIN policies named ON named.id = $1 WHERE routes.deleted_at IS NULL
      AND lower(named.name) IN (lower(routes.spec->>'authorizationPolicy'), lower(routes.spec->>'rateLimiterPolicy'), lower(routes.spec->>'corsPolicy'), lower(routes.spec->>'compressionPolicy'), lower(routes.spec->>'responseGuardPolicy'))
      AND (named.tenant_code = routes.tenant_code OR (named.tenant_code IS NULL AND NOT EXISTS (
        SELECT FROM policies own WHERE own.deleted_at IS NULL AND own.tenant_code = routes.tenant_code AND lower(own.name) = lower(named.name))))`
  }
}

/** Everything that names the resource, in the draft and in the revisions that some node serves or should serve. */
export async function findReferrers(db: Database, transaction: Transaction, kind: DraftedKind, id: string): Promise<Referrer[]> {
  const named = NAMED_BY[kind]
  if (named === undefined) return []
  const { by, sql } = named
  const drafted = await db.sequelize.query<{ id: string; name: string; tenant_code: string | null }>(`${sql} ORDER BY 2 LIMIT ${MOST}`, { bind: [id], type: QueryTypes.SELECT, transaction })
  const referrers: Referrer[] = drafted.map((row) => referrer(by, row.id, row.name, 'draft', row.tenant_code ?? undefined))
  const served = await db.sequelize.query<{ revision: number; content: string }>(
    `SELECT revision, content FROM snapshots WHERE strpos(content, $1) > 0 AND (epoch, revision) IN (
       ${KEPT_REVISIONS})`,
    { bind: [id], type: QueryTypes.SELECT, transaction }
  )
  for (const { revision, content } of served) {
    for (const resource of (JSON.parse(content) as SnapshotContent)[by]) {
      if (referencesOf(by, resource).some((reference) => reference.kind === kind && reference.id === id)) {
        referrers.push(referrer(by, resource.id, resource.name, `revision ${revision}`, 'tenantCode' in resource ? resource.tenantCode : undefined))
      }
    }
  }
  return referrers.slice(0, MOST)
}

/** A referrer as the scope may see it: one of another tenant has no name. */
export function visibleReferrer(scope: TenantScope | null, found: Referrer): Referrer {
  if (scope === null || isOwn(scope, found.tenantCode)) return found
  return { kind: found.kind, id: '', name: 'something outside of your tenants', in: found.in }
}

function referrer(kind: Referrer['kind'], id: string, name: string, where: string, tenantCode: string | undefined): Referrer {
  return { kind, id, name, in: where, ...(tenantCode === undefined ? {} : { tenantCode }) }
}
