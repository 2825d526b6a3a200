import type { FileEntry } from '../../shared/configuration-file/configuration-file.ts'
import type { Place } from '../../shared/configuration-file/file-places.ts'
import { NameBook, nameKey } from '../../shared/configuration-file/name-book.ts'
import { withIds } from '../../shared/configuration-file/named-references.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import { DRAFTED_KINDS, type DraftedKind, KIND_NOUNS } from '../../shared/schema/resource.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { canonicalJson } from '../../shared/snapshot/canonical.ts'
import { decodeByKind } from '../../shared/snapshot/decode-resource.ts'
import { uuidV7 } from '../uuid-v7.ts'
import type { ReadFile } from './read-file.ts'

/** A resource of the draft as it is to be. */
export type Resource = Record<string, unknown> & { id: string; name: string }

export interface KindPlan {
  created: Resource[]
  updated: Resource[]
  deleted: Resource[]
  unchanged: Resource[]
}

export interface ImportPlan {
  kinds: Record<DraftedKind, KindPlan>
  /** The draft as it would be. */
  content: SnapshotContent
  /** Places in the user's file of the resources that come from it, by kind and id. */
  places: Map<string, Place>
  issues: Issue[]
}

/** merge leaves what the file does not name as it is; replace takes it out of the draft. */
export type ImportMode = 'merge' | 'replace'

/** What an import does to the draft. Resources are found again by their names; new ones get new ids. */
export function planImport(draft: SnapshotContent, read: ReadFile, mode: ImportMode): ImportPlan {
  const ids = new IdBook(draft)
  const issues: Issue[] = []
  const places = new Map<string, Place>()
  const wanted = {} as Record<DraftedKind, Resource[]>
  for (const kind of DRAFTED_KINDS) read.file[kind].forEach((entry, index) => ids.claim(kind, entry, read.places.of(kind, index), issues))
  for (const kind of DRAFTED_KINDS) {
    wanted[kind] = read.file[kind].flatMap((entry, index) => {
      const place = read.places.of(kind, index)
      const decoded = decodeByKind[kind](withIds(kind, entry, (other, name, path) => ids.find(other, entry, name, place(path), issues)))
      if (!decoded.ok) issues.push(...decoded.issues.map((issue) => ({ ...issue, path: place(issue.path) })))
      const id = ids.of(kind, entry)
      places.set(`${kind}/${id}`, place)
      return decoded.ok ? [{ id, ...(decoded.value as object) } as Resource] : []
    })
  }
  const kinds = Object.fromEntries(DRAFTED_KINDS.map((kind) => [kind, compare(draft[kind] as unknown as Resource[], wanted[kind], mode)])) as ImportPlan['kinds']
  return { kinds, content: contentAfter(kinds, draft, mode), places, issues }
}

function compare(before: readonly Resource[], wanted: readonly Resource[], mode: ImportMode): KindPlan {
  const known = new Map(before.map((resource) => [resource.id, resource]))
  const named = new Set(wanted.map(({ id }) => id))
  const isSame = (resource: Resource): boolean => canonicalJson(known.get(resource.id)) === canonicalJson(resource)
  return {
    created: wanted.filter(({ id }) => !known.has(id)),
    updated: wanted.filter((resource) => known.has(resource.id) && !isSame(resource)),
    unchanged: wanted.filter((resource) => known.has(resource.id) && isSame(resource)),
    deleted: mode === 'merge' ? [] : before.filter(({ id }) => !named.has(id))
  }
}

function contentAfter(kinds: ImportPlan['kinds'], draft: SnapshotContent, mode: ImportMode): SnapshotContent {
  const after = (kind: DraftedKind): Resource[] => {
    const { created, updated, unchanged } = kinds[kind]
    const fresh = [...created, ...updated, ...unchanged]
    const named = new Set(fresh.map(({ id }) => id))
    const rest = mode === 'merge' ? (draft[kind] as unknown as Resource[]).filter(({ id }) => !named.has(id)) : []
    return [...rest, ...fresh].sort((a, b) => (a.id < b.id ? -1 : 1))
  }
  return Object.fromEntries(DRAFTED_KINDS.map((kind) => [kind, after(kind)])) as unknown as SnapshotContent
}

/** The ids of what the draft and the file name. */
class IdBook {
  readonly #names: NameBook
  readonly #claimed = new Map<string, Place>()

  constructor(draft: SnapshotContent) {
    this.#names = new NameBook(draft)
  }

  /** Gives an entry of the file the id of its namesake, or a new one. */
  claim(kind: DraftedKind, entry: FileEntry, place: Place, issues: Issue[]): void {
    const key = nameKey(kind, entry)
    const other = this.#claimed.get(key)
    if (other !== undefined) issues.push(errorIssue(place('/name'), 'duplicate_name', `"${String(entry['name'])}" is there twice: at ${other('')} too`))
    this.#claimed.set(key, place)
    if (this.#names.get(kind, entry) === undefined) this.#names.set(kind, entry, uuidV7())
  }

  of(kind: DraftedKind, entry: FileEntry): string {
    return this.#names.get(kind, entry)!
  }

  find(kind: DraftedKind, { tenantCode }: FileEntry, reference: unknown, place: string, issues: Issue[]): unknown {
    const id = this.#names.find(kind, tenantCode, reference)
    if (id !== undefined) return id
    issues.push(errorIssue(place, 'unknown_reference', `there is no ${KIND_NOUNS[kind]} named ${JSON.stringify(reference)?.slice(0, 300)}, neither in the file nor in the draft`))
    // Well-formed, so that the rest of the route is judged too.
    return '00000000-0000-7000-8000-000000000000'
  }
}
