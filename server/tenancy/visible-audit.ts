import { literal } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { TenantScope } from './tenant-scope.ts'

/** The condition on the audit rows that a scope may see (`null`: all): about things that were and are of its tenants only. */
export function visibleAudit({ sequelize }: Database, scope: TenantScope | null) {
  if (scope === null) return {}
  const tenants = `ARRAY[${scope.tenants.map((tenant) => sequelize.escape(tenant)).join(', ')}]::text[]`
  const isOwn = (side: 'before' | 'after'): string => `("${side}" IS NULL OR "${side}" = 'null'::jsonb OR "${side}"->>'tenantCode' = ANY(${tenants}))`
  return literal(`(coalesce("before"->>'tenantCode', "after"->>'tenantCode') IS NOT NULL AND ${isOwn('before')} AND ${isOwn('after')})`)
}
