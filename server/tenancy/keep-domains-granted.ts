import { errorIssue } from '../../shared/schema/issue.ts'
import { isHostWithin } from './check-grants.ts'
import { outsideGrant } from './outside-grant.ts'
import { grantOf, type TenantScope } from './tenant-scope.ts'

/** Refuses a certificate for names that its tenant was not granted: on a shared port it would be served to others. @throws AppError outside_grant */
export function keepDomainsGranted(scope: TenantScope | null, tenantCode: string | null, domains: readonly string[]): void {
  if (scope === null) return
  const suffixes = grantOf(scope, tenantCode ?? '')?.hostSuffixes ?? []
  const outside = domains.filter((domain) => !isHostWithin(domain.includes(':') ? `[${domain}]` : domain, suffixes))
  if (outside.length > 0) throw outsideGrant([errorIssue('/certificatePem', 'outside_grant', `it is for ${outside.slice(0, 5).join(', ')}, and tenant ${tenantCode} was granted ${suffixes.length === 0 ? 'no hosts' : `hosts of ${suffixes.join(', ')}`}`)])
}
