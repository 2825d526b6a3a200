import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { Grant } from '../../shared/schema/grant.ts'
import { type Actor, tenantsOf } from '../auth/actor.ts'
import { presentGrant } from './present-grant.ts'

/** What an actor is kept within: the resources of its tenants, and what these tenants were granted. */
export interface TenantScope {
  tenants: readonly string[]
  grants: readonly Grant[]
}

/** The scope of an actor; null: it is not limited. */
export async function tenantScopeOf(db: Database, actor: Actor, transaction?: Transaction): Promise<TenantScope | null> {
  return tenantScope(db, tenantsOf(actor), transaction)
}

/** The scope of these tenants; null: not limited. */
export async function tenantScope(db: Database, tenants: readonly string[] | null, transaction?: Transaction): Promise<TenantScope | null> {
  if (tenants === null) return null
  const rows = await db.grants.findAll({ where: { tenantCode: [...tenants] }, order: [['tenantCode', 'ASC']], ...(transaction ? { transaction } : {}) })
  return { tenants, grants: rows.map(presentGrant) }
}

/** Whether a resource of this tenant is the scope's own; what has no tenant is nobody's own. */
export function isOwn(scope: TenantScope, tenantCode: string | null | undefined): boolean {
  return typeof tenantCode === 'string' && scope.tenants.includes(tenantCode)
}

/** What a tenant was granted; null: nothing. */
export function grantOf(scope: TenantScope, tenantCode: string): Grant | null {
  return scope.grants.find((grant) => grant.tenantCode === tenantCode) ?? null
}
