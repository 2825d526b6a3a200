import { type Decoded, errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import type { Deps } from '../deps.ts'
import { contentIssues } from '../publishing/content-issues.ts'
import { scopedIssues } from './scoped-issues.ts'
import type { TenantScope } from './tenant-scope.ts'

/** Everything that is wrong or doubtful about the draft, as the scope may see it (`null`: all of it). */
export async function draftIssues(deps: Deps, draft: Decoded<SnapshotContent>, scope: TenantScope | null): Promise<Issue[]> {
  if (scope === null) return draft.ok ? contentIssues(deps, draft.value) : draft.issues
  if (!draft.ok) return [errorIssue('', 'outside_grant', 'the draft cannot be read; ask an admin to mend that')]
  return scopedIssues((content) => contentIssues(deps, content), draft.value, scope)
}
