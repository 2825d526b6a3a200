import type { Transaction } from 'sequelize'
import type { SnapshotRow } from '../../db/models/publishing.ts'
import type { Issue } from '../../shared/schema/issue.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import type { Deps } from '../deps.ts'
import { checkSlice } from '../tenancy/check-slice.ts'
import { tenantScope } from '../tenancy/tenant-scope.ts'
import { checkContent } from './check-content.ts'
import { contentOf } from './live.ts'

/** Checks a content that a publisher of these tenants (null: all) would make live. @returns the warnings. @throws AppError config_invalid, outside_grant */
export async function checkPublishable(deps: Deps, transaction: Transaction, content: SnapshotContent, tenants: readonly string[] | null, live: SnapshotRow | null): Promise<Issue[]> {
  const scope = await tenantScope(deps.db, tenants, transaction)
  return scope === null ? checkContent(deps, transaction, content) : checkSlice(deps, transaction, content, scope, contentOf(live))
}
