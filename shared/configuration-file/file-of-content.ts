import { Listener } from '../schema/listener.ts'
import { Policy } from '../schema/policy.ts'
import { Provider } from '../schema/provider.ts'
import { DRAFTED_KINDS, type DraftedKind } from '../schema/resource.ts'
import { Route } from '../schema/route.ts'
import type { SnapshotContent } from '../schema/snapshot.ts'
import { TlsPolicy } from '../schema/tls-policy.ts'
import { Upstream } from '../schema/upstream.ts'
import type { SchemaNode } from '../snapshot/schema-node.ts'
import type { ConfigurationFile, FileEntry } from './configuration-file.ts'
import { NameBook } from './name-book.ts'
import { withNames } from './named-references.ts'
import { withoutDefaults } from './without-defaults.ts'

const SCHEMAS = { listeners: Listener, upstreams: Upstream, routes: Route, providers: Provider, tlsPolicies: TlsPolicy, policies: Policy } as unknown as Record<DraftedKind, SchemaNode>

/** The configuration as a file has it: sorted by tenant and name, without defaults, with names in place of ids. */
export function fileOfContent(content: SnapshotContent): ConfigurationFile {
  const entries = entriesById(content)
  return Object.fromEntries(DRAFTED_KINDS.map((kind) => [kind, [...entries[kind].values()]])) as ConfigurationFile
}

/** The entries of the file by the ids of what they tell, in the order of the file. */
export function entriesById(content: SnapshotContent): Record<DraftedKind, Map<string, FileEntry>> {
  const book = new NameBook(content)
  const named = { listeners: byId(content.listeners), upstreams: byId(content.upstreams), tlsPolicies: byId(content.tlsPolicies) }
  const entryOf = (kind: DraftedKind, spec: FileEntry): FileEntry => {
    const written = withoutDefaults(SCHEMAS[kind], spec) as FileEntry
    return withNames(kind, written, (other, id) => {
      const resource = named[other].get(id)
      return resource === undefined ? id : book.refer(other, spec['tenantCode'], resource)
    })
  }
  const ofKind = (kind: DraftedKind): Map<string, FileEntry> => {
    const keyed = content[kind].map(({ id, ...spec }) => ({ id, key: sortKey(spec), entry: entryOf(kind, spec) }))
    return new Map(keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ id, entry }) => [id, entry]))
  }
  return Object.fromEntries(DRAFTED_KINDS.map((kind) => [kind, ofKind(kind)])) as Record<DraftedKind, Map<string, FileEntry>>
}

function byId<T extends { id: string }>(resources: readonly T[]): Map<string, T> {
  return new Map(resources.map((resource) => [resource.id, resource]))
}

function sortKey({ tenantCode = '', name }: FileEntry): string {
  return JSON.stringify([tenantCode, String(name).toLowerCase()])
}
