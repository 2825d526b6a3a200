import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { errorIssue } from '../../shared/schema/issue.ts'
import { type DraftedKind, KIND_NOUNS } from '../../shared/schema/resource.ts'
import type { Route } from '../../shared/schema/route.ts'
import { invalidRequest } from '../http/app-error.ts'
import { referencesOf } from '../resources/references.ts'
import { routeOutsideGrant } from './check-grants.ts'
import { outsideGrant, outsideTenants } from './outside-grant.ts'
import { grantOf, isOwn, type TenantScope } from './tenant-scope.ts'

type Resource = Record<string, unknown>

/**
 * Refuses a resource that does not belong to the scope, or uses what its tenant was not granted. What it had `before`
 * stays allowed.
 * @throws AppError outside_grant that names the fields; invalid_request for upstreams of other tenants, as if they were not there
 */
export async function keepWithinGrant(db: Database, transaction: Transaction, scope: TenantScope | null, kind: DraftedKind, resource: Resource, before?: Resource): Promise<void> {
  if (scope === null) return
  const tenantCode = resource['tenantCode']
  if (typeof tenantCode !== 'string' || !isOwn(scope, tenantCode)) throw outsideTenants(scope.tenants)
  if (kind !== 'routes') return
  const owners = await upstreamOwners(db, transaction, resource)
  const foreign = referencesOf('routes', resource).filter(({ kind: named, id }) => named === 'upstreams' && owners.get(id) !== null && !isOwn(scope, owners.get(id)))
  if (foreign.length > 0) throw invalidRequest(foreign.map(({ id, path }) => errorIssue(path, 'unknown_reference', `there is no ${KIND_NOUNS.upstreams} with the id ${id}`)))
  const shared = new Set([...owners].filter(([, owner]) => owner === null).map(([id]) => id))
  const was = before?.['tenantCode'] === tenantCode ? (before as unknown as Route) : undefined
  const issues = routeOutsideGrant(resource as unknown as Route, grantOf(scope, tenantCode), shared, was)
  if (issues.length > 0) throw outsideGrant(issues)
}

/** The tenants of the upstreams that a route names; null for shared ones. */
async function upstreamOwners(db: Database, transaction: Transaction, route: Resource): Promise<Map<string, string | null>> {
  const ids = referencesOf('routes', route).filter(({ kind }) => kind === 'upstreams').map(({ id }) => id)
  const rows = await db.drafted.upstreams.findAll({ where: { id: ids }, attributes: ['id', 'tenantCode'], transaction })
  return new Map(rows.map(({ id, tenantCode }) => [id, tenantCode]))
}
