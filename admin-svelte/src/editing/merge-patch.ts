import type { Json } from './pointer.ts'
import type { Spec } from './spec.ts'

/**
 * The smallest JSON merge patch (RFC 7396) that turns `from` into `to`: null clears a field, arrays are replaced whole.
 * An absent and an undefined field are the same.
 */
export function mergePatch(from: Spec, to: Spec): Spec {
  const patch: Spec = {}
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const before = from[key]
    const after = to[key]
    if (equal(before, after)) continue
    if (after === undefined) patch[key] = null
    else patch[key] = isFields(before) && isFields(after) ? mergePatch(before, after) : after
  }
  return patch
}

/** A copy of `target` with the patch applied (RFC 7396 section 2). */
export function applyMergePatch(target: Spec, patch: Spec): Spec {
  const result: Spec = { ...target }
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key]
    if (value === null || value === undefined) delete result[key]
    else result[key] = isFields(value) ? applyMergePatch(isFields(before) ? before : {}, value) : value
  }
  return result
}

export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => equal(item, b[index]))
  if (!isFields(a) || !isFields(b)) return false
  return Object.keys(mergePatch(a, b)).length === 0
}

function isFields(value: Json | undefined): value is Spec {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
