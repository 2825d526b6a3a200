import { DRAFTED_KINDS } from '../../shared/schema/resource.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'

/** What of the draft is published. */
export interface Selection {
  /** Ids of resources; undefined: all. */
  only?: readonly string[] | undefined
  /** Only resources of these tenants, on both sides; null: not limited. */
  tenants: readonly string[] | null
}

interface Resource {
  id: string
  tenantCode?: string
}

/** The live content with the selected resources as they are in the draft: new, changed or gone. */
export function composeContent(live: SnapshotContent, draft: SnapshotContent, selection: Selection): SnapshotContent {
  if (selection.only === undefined && selection.tenants === null) return draft
  const only = selection.only && new Set(selection.only)
  const kinds = DRAFTED_KINDS.map((kind) => {
    const before = byId(live[kind])
    const after = byId(draft[kind])
    const ids = [...new Set([...before.keys(), ...after.keys()])].sort()
    const isTaken = (id: string) => (only === undefined || only.has(id)) && isWithin(before.get(id), selection) && isWithin(after.get(id), selection)
    return [kind, ids.flatMap((id) => (isTaken(id) ? after.get(id) : before.get(id)) ?? [])]
  })
  return Object.fromEntries(kinds) as SnapshotContent
}

/** Ids of `only` that are of nothing in the selection's tenants, with their places in the list. */
export function unknownIds(live: SnapshotContent, draft: SnapshotContent, selection: Selection): { id: string; index: number }[] {
  if (selection.only === undefined) return []
  const known = new Set<string>()
  for (const content of [live, draft]) for (const kind of DRAFTED_KINDS) for (const resource of content[kind]) if (isWithin(resource, selection)) known.add(resource.id)
  return selection.only.flatMap((id, index) => (known.has(id) ? [] : [{ id, index }]))
}

function byId(resources: readonly Resource[]): Map<string, Resource> {
  return new Map(resources.map((resource) => [resource.id, resource]))
}

/** What is not there is no obstacle. A resource that goes from one tenant to another concerns both. */
function isWithin(resource: Resource | undefined, { tenants }: Selection): boolean {
  return resource === undefined || tenants === null || (resource.tenantCode !== undefined && tenants.includes(resource.tenantCode))
}
