import type { DraftedKind } from '../schema/resource.ts'
import { decodeByKind } from '../snapshot/decode-resource.ts'
import type { FileEntry } from './configuration-file.ts'
import { type NamedReference, withIds, withNames } from './named-references.ts'

/** The entry with every default and in its stored form; null when it cannot be decoded. Names stand for themselves. */
export function completeEntry(kind: DraftedKind, entry: FileEntry): FileEntry | null {
  const references: NamedReference[] = []
  const ids = new Map<string, string>()
  const idOf = (_kind: string, reference: unknown): string => {
    const text = JSON.stringify(reference)
    const known = ids.get(text)
    if (known !== undefined) return known
    const id = `00000000-0000-7000-8000-${String(references.push(reference as NamedReference)).padStart(12, '0')}`
    ids.set(text, id)
    return id
  }
  const decoded = decodeByKind[kind](withIds(kind, entry, idOf))
  if (!decoded.ok) return null
  const whole = decoded.value as unknown as FileEntry
  return withNames(kind, whole, (_kind, id) => references[Number(id.slice(-12)) - 1]!)
}
