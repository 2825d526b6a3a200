import type { Transaction } from 'sequelize'
import { hasErrors, type Issue } from '../../shared/schema/issue.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { compileRoutes } from '../../shared/routing/compile-routes.ts'
import type { Deps } from '../deps.ts'
import { AppError } from '../http/app-error.ts'
import { contentIssues } from './content-issues.ts'

/** Validates a content and compiles it as data nodes would. @returns the warnings. @throws AppError config_invalid with all issues */
export async function checkContent(deps: Deps, transaction: Transaction, content: SnapshotContent): Promise<Issue[]> {
  const issues = await contentIssues(deps, content, transaction)
  if (hasErrors(issues)) throw new AppError('config_invalid', { issues })
  compileRoutes(content)
  return issues
}
