import type { DraftedKind } from '../schema/resource.ts'
import type { FileEntry } from './configuration-file.ts'

type ReferencedKind = 'listeners' | 'upstreams' | 'tlsPolicies'

/** What names a resource: its name where that is enough, else with its tenant; without one it is what all share. */
export type NamedReference = string | { name: string; tenantCode?: string }

/** Called for each reference; gives what is to stand in its place. */
export type Rename = (kind: ReferencedKind, value: unknown, path: string) => unknown

/** An entry of a file as the API takes it: ids in place of names. */
export function withIds(kind: DraftedKind, entry: FileEntry, idOf: Rename): FileEntry {
  if (kind === 'routes') return routeWithIds(entry, idOf)
  if (kind !== 'listeners') return entry
  const { tlsPolicy, ...rest } = entry
  return tlsPolicy === undefined ? entry : { ...rest, tlsPolicyId: idOf('tlsPolicies', tlsPolicy, '/tlsPolicy') }
}

function routeWithIds(entry: FileEntry, idOf: Rename): FileEntry {
  const { listeners, upstream, split, mirror, ...rest } = entry
  return {
    ...rest,
    ...(listeners === undefined ? {} : { listenerIds: Array.isArray(listeners) ? listeners.map((name, index) => idOf('listeners', name, `/listeners/${index}`)) : listeners }),
    ...(upstream === undefined ? {} : { upstreamId: idOf('upstreams', upstream, '/upstream') }),
    ...(split === undefined ? {} : { split: Array.isArray(split) ? split.map((share, index) => renamedPart(share, 'upstream', 'upstreamId', (name) => idOf('upstreams', name, `/split/${index}/upstream`))) : split }),
    ...(mirror === undefined ? {} : { mirror: renamedPart(mirror, 'upstream', 'upstreamId', (name) => idOf('upstreams', name, '/mirror/upstream')) })
  }
}

/** The reverse of withIds. */
export function withNames(kind: DraftedKind, entry: FileEntry, nameOf: NameOf): FileEntry {
  if (kind === 'routes') return routeWithNames(entry, nameOf)
  if (kind !== 'listeners') return entry
  const { tlsPolicyId, ...rest } = entry
  return typeof tlsPolicyId !== 'string' ? entry : { ...rest, tlsPolicy: nameOf('tlsPolicies', tlsPolicyId) }
}

type NameOf = (kind: ReferencedKind, id: string) => NamedReference

function routeWithNames(route: FileEntry, nameOf: NameOf): FileEntry {
  const { listenerIds, upstreamId, split, mirror, ...rest } = route as FileEntry & { listenerIds?: string[]; split?: unknown[] }
  const upstreamName = (id: unknown): NamedReference => nameOf('upstreams', String(id))
  return {
    ...rest,
    ...(listenerIds === undefined ? {} : { listeners: listenerIds.map((id) => nameOf('listeners', id)) }),
    ...(upstreamId === undefined ? {} : { upstream: upstreamName(upstreamId) }),
    ...(split === undefined ? {} : { split: split.map((share) => renamedPart(share, 'upstreamId', 'upstream', upstreamName)) }),
    ...(mirror === undefined ? {} : { mirror: renamedPart(mirror, 'upstreamId', 'upstream', upstreamName) })
  }
}

function renamedPart(part: unknown, from: string, to: string, value: (old: unknown) => unknown): unknown {
  if (typeof part !== 'object' || part === null || !(from in part)) return part
  const { [from]: old, ...rest } = part as Record<string, unknown>
  return { [to]: value(old), ...rest }
}
