import { Listener } from '../schema/listener.ts'
import { Provider } from '../schema/provider.ts'
import { DRAFTED_KINDS, type DraftedKind } from '../schema/resource.ts'
import { Route } from '../schema/route.ts'
import type { SnapshotContent } from '../schema/snapshot.ts'
import { Upstream } from '../schema/upstream.ts'
import type { SchemaNode } from '../snapshot/schema-node.ts'
import type { ConfigurationFile, FileEntry } from './configuration-file.ts'
import { withNames } from './named-references.ts'
import { withoutDefaults } from './without-defaults.ts'

const SCHEMAS = { listeners: Listener, upstreams: Upstream, routes: Route, providers: Provider } as unknown as Record<DraftedKind, SchemaNode>

/** The configuration as a file has it: sorted by tenant and name, without defaults, with names in place of ids. */
export function fileOfContent(content: SnapshotContent): ConfigurationFile {
  const names = new Map([...content.listeners, ...content.upstreams].map(({ id, name }) => [id, name]))
  const entries = (kind: DraftedKind): FileEntry[] => content[kind].map(({ id: _id, ...spec }) => {
    const written = withoutDefaults(SCHEMAS[kind], spec) as FileEntry
    return kind === 'routes' ? withNames(written, (_kind, other) => names.get(other) ?? other) : written
  }).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
  return Object.fromEntries(DRAFTED_KINDS.map((kind) => [kind, entries(kind)])) as ConfigurationFile
}

function sortKey({ tenantCode = '', name }: FileEntry): string {
  return JSON.stringify([tenantCode, String(name).toLowerCase()])
}
