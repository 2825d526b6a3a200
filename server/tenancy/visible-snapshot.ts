import type { SnapshotItem } from '../snapshots/present-snapshot.ts'
import type { TenantScope } from './tenant-scope.ts'

/** A revision as a scope may see it (`null`: whole): who published or pinned it for others, and why, is theirs. `by` is the one who asks. */
export function visibleSnapshot(item: SnapshotItem, scope: TenantScope | null, by: string): SnapshotItem {
  if (scope === null) return item
  const { pin } = item
  return { ...item, ...(item.createdBy === by ? {} : { createdBy: '', note: '' }), pin: pin === null || pin.pinnedBy === by ? pin : { ...pin, pinnedBy: '', note: '' } }
}
