import { DRAFTED_KINDS, type DraftedKind } from '../../../../shared/schema/resource.ts'
import { pointerParts } from '../../editing/pointer.ts'

/** The resource an issue of the whole configuration is about. */
export interface Place {
  kind: DraftedKind
  id: string
}

/** Finds it from the issue's path and the sorted ids of each kind; null when the path names none. */
export function issuePlace(path: string, ids: Readonly<Record<DraftedKind, readonly string[]>>): Place | null {
  const [first, index] = pointerParts(path)
  const kind = DRAFTED_KINDS.find((one) => one === first)
  const id = kind === undefined ? undefined : ids[kind][Number(index)]
  return kind === undefined || id === undefined ? null : { kind, id }
}
