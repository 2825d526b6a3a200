import type { TenantScope } from './tenant-scope.ts'

/** The condition on certificates and secrets that a scope may see and change: those of its tenants. */
export function ownedBy(scope: TenantScope | null): { tenantCode?: string[] } {
  return scope === null ? {} : { tenantCode: [...scope.tenants] }
}

/** What names a certificate or secret, as the scope may see it: by number only. */
export function visibleReferrers<R extends { name: string; in: string }>(scope: TenantScope | null, referrers: readonly R[]): { names: string; extra: { referrers?: readonly R[] } } {
  if (scope !== null) return { names: `${referrers.length} resource${referrers.length === 1 ? '' : 's'}`, extra: {} }
  return { names: referrers.slice(0, 5).map((referrer) => `${referrer.name} (${referrer.in})`).join(', '), extra: { referrers } }
}
