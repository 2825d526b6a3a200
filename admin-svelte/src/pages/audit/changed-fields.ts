import { joinPointer } from '../../editing/pointer.ts'

export interface ChangedField {
  /** JSON pointer. */
  path: string
  from: unknown
  to: unknown
}

/** The fields of two states that differ, down to the values; what has no state has no fields. */
export function changedFields(before: unknown, after: unknown, path = ''): ChangedField[] {
  if (isMap(before) || isMap(after)) {
    const [from, to] = [isMap(before) ? before : {}, isMap(after) ? after : {}]
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()
    return names.flatMap((name) => changedFields(from[name], to[name], joinPointer(path, name)))
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, from: before, to: after }]
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
