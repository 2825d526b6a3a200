import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { hasErrors, type Issue } from '../../shared/schema/issue.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { compileRoutes } from '../../shared/routing/compile-routes.ts'
import { AppError } from '../http/app-error.ts'
import { contentIssues } from './content-issues.ts'

/** Validates a content and compiles it as data nodes would. @returns the warnings. @throws AppError config_invalid with all issues */
export async function checkContent(db: Database, transaction: Transaction, content: SnapshotContent): Promise<Issue[]> {
  const issues = await contentIssues(db, content, transaction)
  if (hasErrors(issues)) throw new AppError('config_invalid', { issues })
  compileRoutes(content)
  return issues
}
