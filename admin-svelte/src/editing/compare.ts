import type { Spec } from './spec.ts'
import { equal } from './merge-patch.ts'
import { joinPointer, type Json } from './pointer.ts'

/** One field in three versions: where both started, what is stored now, what was typed here. */
export interface ThreeWay {
  pointer: string
  base: Json | undefined
  theirs: Json | undefined
  mine: Json | undefined
}

/** Every field in which the stored version or the typed one differs from the common start; arrays count as one field. */
export function compareThree(base: Spec, theirs: Spec, mine: Spec, at = ''): ThreeWay[] {
  const keys = new Set([...Object.keys(base), ...Object.keys(theirs), ...Object.keys(mine)])
  return [...keys].flatMap((key) => {
    const one: ThreeWay = { pointer: joinPointer(at, key), base: base[key], theirs: theirs[key], mine: mine[key] }
    if (equal(one.base, one.theirs) && equal(one.base, one.mine)) return []
    const inner = [one.base, one.theirs, one.mine]
    return inner.every(isSpec) ? compareThree(inner[0] as Spec, inner[1] as Spec, inner[2] as Spec, one.pointer) : [one]
  })
}

function isSpec(value: Json | undefined): value is Spec {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
