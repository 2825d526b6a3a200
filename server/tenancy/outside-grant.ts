import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import { AppError } from '../http/app-error.ts'

/** A refusal that names every field that lies outside. */
export function outsideGrant(issues: Issue[]): AppError {
  const [first] = issues
  return new AppError('outside_grant', { issues, ...(first === undefined ? {} : { message: `${first.path}: ${first.message}` }) })
}

/** A refusal of a resource that belongs to no tenant of the actor. `field` names where the tenant would stand. */
export function outsideTenants(tenants: readonly string[], field = '/tenantCode'): AppError {
  return outsideGrant([errorIssue(field, 'outside_grant', `you may only change what is of ${tenants.length === 1 ? `tenant ${tenants[0]}` : `the tenants ${tenants.join(', ')}`}; name it as tenantCode`)])
}
