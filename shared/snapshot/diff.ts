import type { FieldChange, ResourceChange } from '../schema/resource-change.ts'
import { DRAFTED_KINDS, type DraftedKind } from '../schema/resource.ts'
import type { SnapshotContent } from '../schema/snapshot.ts'
import { jsonPointer } from './decode-context.ts'

interface Resource {
  id: string
  name: string
}

/** What changes from one configuration to another: by kind, then by id. Equal configurations give an empty list. */
export function diffContent(from: SnapshotContent, to: SnapshotContent): ResourceChange[] {
  return DRAFTED_KINDS.flatMap((kind) => diffKind(kind, from[kind], to[kind]))
}

function diffKind(kind: DraftedKind, from: readonly Resource[], to: readonly Resource[]): ResourceChange[] {
  const changes: ResourceChange[] = []
  const before = new Map(from.map((resource) => [resource.id, resource]))
  for (const resource of to) {
    const { id, name } = resource
    const earlier = before.get(id)
    before.delete(id)
    if (earlier === undefined) changes.push({ kind, id, name, change: 'added', fields: [] })
    else {
      const fields: FieldChange[] = []
      diffValue(earlier, resource, [], fields)
      if (fields.length > 0) changes.push({ kind, id, name, change: 'changed', fields })
    }
  }
  for (const { id, name } of before.values()) changes.push({ kind, id, name, change: 'removed', fields: [] })
  return changes.sort((left, right) => (left.id < right.id ? -1 : 1))
}

/** Goes into objects, and into lists of equal length; lists of other lengths are one change as a whole. */
function diffValue(from: unknown, to: unknown, path: (string | number)[], fields: FieldChange[]): void {
  if (from === to) return
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    for (const [index, item] of from.entries()) diffValue(item, to[index], [...path, index], fields)
  } else if (isObject(from) && isObject(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) diffValue(from[key], to[key], [...path, key], fields)
  } else {
    fields.push({ path: jsonPointer(path), ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) })
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
