import type { ResourceChange } from '../../shared/schema/resource-change.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { diffContent } from '../../shared/snapshot/diff.ts'

const MOST_CHANGES = 1_000

/** What differs, without the fields: short enough for audit rows and error bodies. */
export type ChangeSummary = Omit<ResourceChange, 'fields'>

export function summarizeChanges(from: SnapshotContent, to: SnapshotContent): ChangeSummary[] {
  return diffContent(from, to)
    .slice(0, MOST_CHANGES)
    .map(({ kind, id, name, change }) => ({ kind, id, name, change }))
}
