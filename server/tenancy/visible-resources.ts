import { Op, QueryTypes, type Transaction, type WhereOptions } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { DraftedRow } from '../../db/models/drafted.ts'
import { POLICY_FIELDS } from '../../shared/schema/policy.ts'
import type { DraftedKind } from '../../shared/schema/resource.ts'
import type { TenantScope } from './tenant-scope.ts'

const POLICY_FIELD_NAMES = Object.keys(POLICY_FIELDS).map((field) => `lower(routes.spec->>'${field}')`).join(', ')

/** Routes of a tenant name its own policy before the shared one of that name. */
const NAMED_BY_ROUTES = {
  listeners: 'SELECT DISTINCT listener_id AS id FROM route_listeners JOIN routes ON routes.id = route_id WHERE tenant_code = ANY($1::text[]) AND deleted_at IS NULL',
  upstreams: 'SELECT DISTINCT upstream_id AS id FROM route_upstreams JOIN routes ON routes.id = route_id WHERE tenant_code = ANY($1::text[]) AND deleted_at IS NULL',
  policies: `SELECT id FROM policies WHERE tenant_code IS NULL AND deleted_at IS NULL AND EXISTS (
    SELECT FROM routes WHERE routes.tenant_code = ANY($1::text[]) AND routes.deleted_at IS NULL AND lower(policies.name) IN (${POLICY_FIELD_NAMES})
    AND NOT EXISTS (SELECT FROM policies own WHERE own.deleted_at IS NULL AND own.tenant_code = routes.tenant_code AND lower(own.name) = lower(policies.name)))`
}

/** The condition on the draft's resources of a kind that a scope may see; the same ones as `visibleIds`. */
export async function visibleResources(db: Database, kind: DraftedKind, scope: TenantScope | null, transaction?: Transaction): Promise<WhereOptions<DraftedRow>> {
  if (scope === null) return {}
  const own = { tenantCode: [...scope.tenants] }
  if (kind === 'routes') return own
  if (kind === 'providers' || kind === 'tlsPolicies') return { id: [] }
  const named = await db.sequelize.query<{ id: string }>(NAMED_BY_ROUTES[kind], { bind: [[...scope.tenants]], type: QueryTypes.SELECT, ...(transaction ? { transaction } : {}) })
  const granted = scope.grants.flatMap((grant) => (kind === 'listeners' ? grant.listenerIds : kind === 'upstreams' ? grant.upstreamIds : []))
  const shared = { tenantCode: null, id: [...named.map(({ id }) => id), ...granted] }
  return kind === 'listeners' ? shared : ({ [Op.or]: [own, shared] } as WhereOptions<DraftedRow>)
}
