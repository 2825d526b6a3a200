import type { ResourceChange } from '../../shared/schema/resource-change.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { diffContent } from '../../shared/snapshot/diff.ts'
import type { TenantScope } from './tenant-scope.ts'
import { contentWithin, visibleIds } from './visible-content.ts'

/** What changes from one content to another among what a scope may see (`null`: all). */
export function visibleDiff(from: SnapshotContent, to: SnapshotContent, scope: TenantScope | null): ResourceChange[] {
  if (scope === null) return diffContent(from, to)
  const [before, after] = [visibleIds(from, scope), visibleIds(to, scope)]
  const either = new Set([...before, ...after])
  // Something shared that only one side names did not come or go; what went to another tenant did.
  const seen = (content: SnapshotContent, own: ReadonlySet<string>): SnapshotContent => contentWithin(content, new Set([...own, ...sharedIds(content).filter((id) => either.has(id))]))
  return diffContent(seen(from, before), seen(to, after))
}

function sharedIds({ listeners, upstreams }: SnapshotContent): string[] {
  return [...listeners, ...upstreams.filter(({ tenantCode }) => tenantCode === undefined)].map(({ id }) => id)
}
