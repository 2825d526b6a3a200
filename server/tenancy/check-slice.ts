import type { Transaction } from 'sequelize'
import { compileRoutes } from '../../shared/routing/compile-routes.ts'
import { hasErrors, type Issue } from '../../shared/schema/issue.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import type { Deps } from '../deps.ts'
import { AppError } from '../http/app-error.ts'
import { contentIssues } from '../publishing/content-issues.ts'
import { checkGrants } from './check-grants.ts'
import { outsideGrant } from './outside-grant.ts'
import { scopedIssues } from './scoped-issues.ts'
import { grantOf, type TenantScope } from './tenant-scope.ts'

/**
 * Everything that is wrong or doubtful about a content with a scope's slice in it, as the scope may see it; also what its
 * routes use that was not granted, unless `live` has it already.
 */
export async function sliceIssues(deps: Deps, content: SnapshotContent, scope: TenantScope, live: SnapshotContent, transaction?: Transaction): Promise<Issue[]> {
  const check = async (checked: SnapshotContent) => [
    ...(await contentIssues(deps, checked, transaction)),
    ...scope.tenants.flatMap((tenant) => checkGrants(checked, tenant, grantOf(scope, tenant), live))
  ]
  return scopedIssues(check, content, scope)
}

/** Refuses such a content when it has errors. @returns the warnings. @throws AppError outside_grant, config_invalid */
export async function checkSlice(deps: Deps, transaction: Transaction, content: SnapshotContent, scope: TenantScope, live: SnapshotContent): Promise<Issue[]> {
  const issues = await sliceIssues(deps, content, scope, live, transaction)
  const outside = issues.filter(({ code, path }) => code === 'outside_grant' && path !== '')
  if (outside.length > 0) throw outsideGrant(outside)
  if (hasErrors(issues)) throw new AppError('config_invalid', { issues })
  compileRoutes(content)
  return issues
}
