import type { DraftedKind } from '../../../shared/schema/resource.ts'
import { session } from '../session/session.svelte.ts'
import { createClient } from './client.ts'
import { connection } from './connection.svelte.ts'
import type { AuditRow, ExplainRequest, Explanation, NodeItem, NodeToken, Page, PublishAnswer, PublishRequest, ResourceChange, Rollout, SessionAnswer, Snapshot, SnapshotHead, SpecOf, StoredOf, ValidateAnswer } from './types.ts'

const send = createClient(session, (yes) => connection.heard(yes))

const query = (values: Record<string, string | number | undefined | null>) => {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`
}

/** Create, read, change and delete one kind of drafted resource. `version` is the one that was read (If-Match). */
function resourceApi<K extends DraftedKind>(kind: K) {
  const at = (id: string) => `/${kind}/${encodeURIComponent(id)}`
  return {
    list: (options: { limit?: number; cursor?: string | null; sort?: string } = {}, signal?: AbortSignal) => send<Page<StoredOf<K>>>('GET', `/${kind}${query(options)}`, { signal }),
    get: (id: string, signal?: AbortSignal) => send<StoredOf<K>>('GET', at(id), { signal }),
    create: (spec: Partial<SpecOf[K]>) => send<StoredOf<K>>('POST', `/${kind}`, { body: spec }),
    patch: (id: string, version: number, patch: unknown) => send<StoredOf<K>>('PATCH', at(id), { body: patch, version }),
    remove: (id: string, version: number) => send<void>('DELETE', at(id), { version })
  }
}

export const api = {
  listeners: resourceApi('listeners'),
  upstreams: resourceApi('upstreams'),
  routes: resourceApi('routes'),
  providers: resourceApi('providers'),
  session: {
    get: () => send<SessionAnswer>('GET', '/session', { keepUnauthenticated: true }),
    open: (email: string, password: string) => send<SessionAnswer>('POST', '/session', { body: { email, password }, keepUnauthenticated: true }),
    close: () => send<void>('DELETE', '/session', { keepUnauthenticated: true })
  },
  config: {
    validate: (signal?: AbortSignal) => send<ValidateAnswer>('POST', '/config/validate', { body: {}, signal }),
    diff: (from: 'live' | 'draft' | number, to: 'live' | 'draft' | number, signal?: AbortSignal) => send<{ changes: ResourceChange[] }>('GET', `/config/diff${query({ from, to })}`, { signal }),
    publish: (body: PublishRequest) => send<PublishAnswer>('POST', '/config/publish', { body }),
    rollback: (body: { revision: number; note: string }) => send<PublishAnswer>('POST', '/config/rollback', { body }),
    explain: (of: 'live' | 'draft', body: Partial<ExplainRequest>) => send<Explanation>('POST', `/config/explain${query({ of })}`, { body }),
    discard: () => send<unknown>('POST', '/config/discard', { body: {} })
  },
  snapshots: {
    list: (options: { limit?: number; cursor?: string | null } = {}, signal?: AbortSignal) => send<Page<SnapshotHead>>('GET', `/snapshots${query(options)}`, { signal }),
    get: (revision: number, signal?: AbortSignal) => send<Snapshot>('GET', `/snapshots/${revision}`, { signal }),
    rollout: (revision: number, signal?: AbortSignal) => send<Rollout>('GET', `/snapshots/${revision}/rollout`, { signal })
  },
  nodes: {
    list: (signal?: AbortSignal) => send<{ items: NodeItem[] }>('GET', '/nodes', { signal }),
    enroll: (id: string) => send<NodeToken>('POST', '/nodes', { body: { id } }),
    renewToken: (id: string) => send<NodeToken>('POST', `/nodes/${encodeURIComponent(id)}/token`, { body: {} }),
    remove: (id: string) => send<void>('DELETE', `/nodes/${encodeURIComponent(id)}`)
  },
  audit: {
    list: (options: { limit?: number; cursor?: string | null } = {}, signal?: AbortSignal) => send<Page<AuditRow>>('GET', `/audit${query(options)}`, { signal })
  }
}
