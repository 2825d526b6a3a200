import type { CertificateChange, CertificateItem, CertificateUpload, SelfSignedRequest } from '../../../shared/schema/certificate.ts'
import type { Role } from '../../../shared/schema/role.ts'
import type { SecretChange, SecretItem, SecretUpload } from '../../../shared/schema/secret.ts'
import type { Grant, GrantChange, GrantInput } from '../../../shared/schema/grant.ts'
import type { Person, PersonChange, PersonInput } from '../../../shared/schema/person.ts'
import { type DraftedKind, KIND_PATHS } from '../../../shared/schema/resource.ts'
import type { ServedCertificate } from '../../../shared/schema/served-certificate.ts'
import type { WebhookChange, WebhookItem, WebhookUpload } from '../../../shared/schema/webhook.ts'
import { session } from '../session/session.svelte.ts'
import { createClient, LONG_MS, type SendOptions } from './client.ts'
import { connection } from './connection.svelte.ts'
import type { ProposalsAnswer, ProposalWithChanges, ProposedAnswer } from './proposal-types.ts'
import type { Hold } from './hold-types.ts'
import type { AcmeName, AffectedAnswer, AuditRow, ConnectionsAnswer, DeliveryItem, ExplainRequest, Explanation, ExportAnswer, FileFormat, FoundRequest, ImportAnswer, ImportRequest, JobItem, JobQueues, Marker, NodeItem, NodeToken, Page, PublishAnswer, PublishRequest, RequestsAnswer, ResourceChange, Rollout, SessionAnswer, SessionItem, Snapshot, SnapshotItem, SpecOf, StoredOf, TokenItem, TrafficSum, UpstreamHealth, UpstreamLoad, ValidateAnswer } from './types.ts'

interface TargetPlace {
  upstreamId: string
  targetId: string
}
interface Lasting {
  reason: string
  expiresInSeconds?: number
}

const send = createClient(session, (yes) => connection.heard(yes))
/** For what looks at a whole configuration, which may be large, or waits for all nodes. */
const sendLong = <T>(method: string, path: string, options: SendOptions = {}) => send<T>(method, path, { ...options, patienceMs: LONG_MS })

const query = (values: Record<string, string | number | undefined | null>) => {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`
}

/** Create, read, change and delete one kind of drafted resource. `version` is the one that was read (If-Match). */
function resourceApi<K extends DraftedKind>(kind: K) {
  const path = `/${KIND_PATHS[kind]}`
  const at = (id: string) => `${path}/${encodeURIComponent(id)}`
  return {
    list: (options: { limit?: number; cursor?: string | null; sort?: string } = {}, signal?: AbortSignal) => send<Page<StoredOf<K>>>('GET', `${path}${query(options)}`, { signal }),
    get: (id: string, signal?: AbortSignal) => send<StoredOf<K>>('GET', at(id), { signal }),
    create: (spec: Partial<SpecOf[K]>) => send<StoredOf<K>>('POST', path, { body: spec }),
    patch: (id: string, version: number, patch: unknown) => send<StoredOf<K>>('PATCH', at(id), { body: patch, version }),
    remove: (id: string, version: number) => send<void>('DELETE', at(id), { version })
  }
}

interface BulkBody {
  action: 'enable' | 'disable' | 'delete'
  ids: readonly string[]
}

/** Of the kinds that can be changed many at a time, all or none. */
const bulk = (kind: 'routes' | 'upstreams') => (body: BulkBody) => sendLong<{ found: number; changed: number }>('POST', `/${kind}:bulk`, { body })

export const api = {
  listeners: resourceApi('listeners'),
  upstreams: {
    ...resourceApi('upstreams'),
    bulk: bulk('upstreams'),
    health: (id: string, signal?: AbortSignal) => send<UpstreamHealth>('GET', `/upstreams/${encodeURIComponent(id)}/health`, { signal }),
    load: (id: string, signal?: AbortSignal) => send<UpstreamLoad>('GET', `/upstreams/${encodeURIComponent(id)}/load`, { signal })
  },
  targets: {
    eject: (body: TargetPlace & Lasting) => send<unknown>('POST', '/targets/eject', { body }),
    weight: (body: TargetPlace & Lasting & { weight: number }) => send<unknown>('POST', '/targets/weight', { body }),
    restore: (body: TargetPlace) => send<void>('POST', '/targets/restore', { body })
  },
  routes: { ...resourceApi('routes'), bulk: bulk('routes') },
  providers: resourceApi('providers'),
  tlsPolicies: resourceApi('tlsPolicies'),
  policies: resourceApi('policies'),
  certificates: {
    list: (signal?: AbortSignal) => send<Page<CertificateItem>>('GET', `/certificates${query({ limit: 500 })}`, { signal }),
    get: (id: string, signal?: AbortSignal) => send<CertificateItem>('GET', `/certificates/${encodeURIComponent(id)}`, { signal }),
    upload: (body: Partial<CertificateUpload>) => send<CertificateItem>('POST', '/certificates', { body }),
    selfSigned: (body: Partial<SelfSignedRequest>) => send<CertificateItem>('POST', '/self-signed-certificates', { body }),
    change: (id: string, version: number, body: CertificateChange) => send<CertificateItem>('PATCH', `/certificates/${encodeURIComponent(id)}`, { body, version }),
    remove: (id: string, version: number) => send<void>('DELETE', `/certificates/${encodeURIComponent(id)}`, { version })
  },
  acme: {
    list: (signal?: AbortSignal) => send<{ items: AcmeName[] }>('GET', '/acme', { signal }),
    order: (name: string) => send<AcmeName>('POST', `/acme/${encodeURIComponent(name)}/order`, { body: {} })
  },
  secrets: {
    list: (signal?: AbortSignal) => send<Page<SecretItem>>('GET', `/secrets${query({ limit: 500 })}`, { signal }),
    create: (body: Partial<SecretUpload>) => send<SecretItem>('POST', '/secrets', { body }),
    change: (id: string, version: number, body: SecretChange) => send<SecretItem>('PATCH', `/secrets/${encodeURIComponent(id)}`, { body, version }),
    remove: (id: string, version: number) => send<void>('DELETE', `/secrets/${encodeURIComponent(id)}`, { version })
  },
  requests: {
    list: (filter: { url?: string; route?: string; outcome?: string }, signal?: AbortSignal) => send<RequestsAnswer>('GET', `/requests${query(filter)}`, { signal }),
    get: (id: string, signal?: AbortSignal) => send<FoundRequest>('GET', `/requests/${encodeURIComponent(id)}`, { signal })
  },
  connections: {
    list: (signal?: AbortSignal) => send<ConnectionsAnswer>('GET', '/connections', { signal }),
    close: (id: string) => send<void>('DELETE', `/connections/${encodeURIComponent(id)}`)
  },
  session: {
    get: (patienceMs?: number) => send<SessionAnswer>('GET', '/session', { keepUnauthenticated: true, ...(patienceMs === undefined ? {} : { patienceMs }) }),
    open: (email: string, password: string) => send<SessionAnswer>('POST', '/session', { body: { email, password }, keepUnauthenticated: true }),
    changePassword: (oldPassword: string, newPassword: string) => send<SessionAnswer>('POST', '/session/password', { body: { oldPassword, newPassword }, keepUnauthenticated: true }),
    close: () => send<void>('DELETE', '/session', { keepUnauthenticated: true })
  },
  sessions: {
    list: (signal?: AbortSignal) => send<Page<SessionItem>>('GET', `/sessions${query({ limit: 100 })}`, { signal }),
    end: (id: string) => send<void>('DELETE', `/sessions/${encodeURIComponent(id)}`)
  },
  users: {
    list: (signal?: AbortSignal) => send<Page<Person>>('GET', `/users${query({ limit: 1000, sort: 'email' })}`, { signal }),
    create: (body: PersonInput) => send<Person & { oneTimePassword: string | null }>('POST', '/users', { body }),
    change: (id: string, body: PersonChange) => send<Person>('PATCH', `/users/${encodeURIComponent(id)}`, { body }),
    resetPassword: (id: string) => send<{ oneTimePassword: string }>('POST', `/users/${encodeURIComponent(id)}/password`, { body: {} }),
    remove: (id: string) => send<void>('DELETE', `/users/${encodeURIComponent(id)}`)
  },
  tokens: {
    list: (signal?: AbortSignal) => send<Page<TokenItem>>('GET', `/tokens${query({ limit: 1000 })}`, { signal }),
    create: (body: { name: string; role: Role; tenants: string[] | null; expiresAt?: string }) => send<{ token: string }>('POST', '/tokens', { body }),
    revoke: (id: string) => send<void>('DELETE', `/tokens/${encodeURIComponent(id)}`)
  },
  grants: {
    list: (signal?: AbortSignal) => send<Page<Grant>>('GET', `/grants${query({ limit: 1000 })}`, { signal }),
    get: (tenantCode: string, signal?: AbortSignal) => send<Grant>('GET', `/grants/${encodeURIComponent(tenantCode)}`, { signal }),
    create: (body: Partial<GrantInput>) => send<Grant>('POST', '/grants', { body }),
    change: (tenantCode: string, version: number, body: GrantChange) => send<Grant>('PATCH', `/grants/${encodeURIComponent(tenantCode)}`, { body, version }),
    remove: (tenantCode: string, version: number) => send<void>('DELETE', `/grants/${encodeURIComponent(tenantCode)}`, { version })
  },
  traffic: {
    points: (minutes: number, signal?: AbortSignal) => send<{ points: { at: string; traffic: TrafficSum | null }[] }>('GET', `/traffic${query({ minutes })}`, { signal }),
    markers: (from: string, signal?: AbortSignal) => send<{ markers: Marker[] }>('GET', `/markers${query({ from })}`, { signal })
  },
  jobs: {
    list: (options: { limit: number; cursor: string | null; queue: string; state: string }, signal?: AbortSignal) => send<Page<JobItem>>('GET', `/jobs${query({ ...options, sort: '-createdAt' })}`, { signal }),
    queues: (signal?: AbortSignal) => send<JobQueues>('GET', '/job-queues', { signal }),
    retry: (queue: string, id: string) => send<JobItem>('POST', `/jobs/${encodeURIComponent(queue)}/${encodeURIComponent(id)}/retry`, { body: {} }),
    remove: (queue: string, id: string) => send<unknown>('POST', `/jobs/${encodeURIComponent(queue)}/${encodeURIComponent(id)}/remove`, { body: {} })
  },
  webhooks: {
    list: (signal?: AbortSignal) => send<Page<WebhookItem>>('GET', `/webhooks${query({ limit: 100, sort: 'name' })}`, { signal }),
    create: (body: WebhookUpload) => send<WebhookItem & { secret: string }>('POST', '/webhooks', { body }),
    change: (id: string, version: number, body: WebhookChange) => send<WebhookItem>('PATCH', `/webhooks/${encodeURIComponent(id)}`, { body, version }),
    remove: (id: string, version: number) => send<void>('DELETE', `/webhooks/${encodeURIComponent(id)}`, { version }),
    test: (id: string) => send<unknown>('POST', `/webhooks/${encodeURIComponent(id)}/test`, { body: {} }),
    deliveries: (id: string, signal?: AbortSignal) => send<Page<DeliveryItem>>('GET', `/webhooks/${encodeURIComponent(id)}/deliveries${query({ limit: 50 })}`, { signal }),
    sendAgain: (id: string, deliveryId: string) => send<unknown>('POST', `/webhooks/${encodeURIComponent(id)}/deliveries/${encodeURIComponent(deliveryId)}/send`, { body: {} })
  },
  config: {
    validate: (signal?: AbortSignal) => sendLong<ValidateAnswer>('POST', '/config/validate', { body: {}, signal }),
    diff: (from: 'live' | 'draft' | number, to: 'live' | 'draft' | number, signal?: AbortSignal) => sendLong<{ changes: ResourceChange[] }>('GET', `/config/diff${query({ from, to })}`, { signal }),
    affected: (signal?: AbortSignal) => sendLong<AffectedAnswer>('GET', '/config/affected', { signal }),
    publish: (body: PublishRequest) => sendLong<PublishAnswer | ProposedAnswer>('POST', '/config/publish', { body }),
    hold: (signal?: AbortSignal) => send<{ hold: Hold | null }>('GET', '/config/hold', { signal }),
    confirm: (revision: number) => send<void>('POST', '/config/confirm', { body: { revision } }),
    abortUnconfirmed: (reason: string) => send<void>('POST', '/config/unconfirmed/abort', { body: { reason } }),
    promoteCanary: (reason: string) => send<void>('POST', '/config/canary/promote', { body: { reason } }),
    abortCanary: (reason: string) => send<void>('POST', '/config/canary/abort', { body: { reason } }),
    rollback: (body: { revision: number; note: string }) => sendLong<PublishAnswer>('POST', '/config/rollback', { body }),
    explain: (of: 'live' | 'draft', body: Partial<ExplainRequest>) => sendLong<Explanation>('POST', `/config/explain${query({ of })}`, { body }),
    export: (of: 'live' | 'draft', format: FileFormat) => sendLong<ExportAnswer>('GET', `/config/export${query({ of, format })}`),
    import: (body: ImportRequest) => sendLong<ImportAnswer>('POST', '/config/import', { body }),
    discard: () => sendLong<unknown>('POST', '/config/discard', { body: {} })
  },
  proposals: {
    list: (signal?: AbortSignal) => send<ProposalsAnswer>('GET', '/config/proposals', { signal }),
    get: (id: string, signal?: AbortSignal) => sendLong<ProposalWithChanges>('GET', `/config/proposals/${encodeURIComponent(id)}`, { signal }),
    approve: (id: string) => sendLong<PublishAnswer>('POST', `/config/proposals/${encodeURIComponent(id)}/approve`, { body: {} }),
    reject: (id: string, reason: string) => send<void>('POST', `/config/proposals/${encodeURIComponent(id)}/reject`, { body: { reason } })
  },
  snapshots: {
    list: (options: { limit?: number; cursor?: string | null; note?: string; pinned?: string } = {}, signal?: AbortSignal) => send<Page<SnapshotItem>>('GET', `/snapshots${query(options)}`, { signal }),
    get: (revision: number, signal?: AbortSignal) => sendLong<Snapshot & SnapshotItem>('GET', `/snapshots/${revision}`, { signal }),
    pin: (revision: number, note: string) => send<SnapshotItem>('POST', `/snapshots/${revision}/pin`, { body: { note } }),
    unpin: (revision: number) => send<void>('DELETE', `/snapshots/${revision}/pin`),
    restore: (revision: number, body: { kind: DraftedKind; id: string; version: number }) => sendLong<unknown>('POST', `/snapshots/${revision}/restore`, { body }),
    rollout: (revision: number, signal?: AbortSignal) => send<Rollout>('GET', `/snapshots/${revision}/rollout`, { signal })
  },
  nodes: {
    list: (signal?: AbortSignal) => send<Page<NodeItem>>('GET', `/nodes${query({ limit: 1000 })}`, { signal }),
    /** What the threads of a node show a client that asks for the name. */
    certificate: (id: string, name: string, signal?: AbortSignal) => send<{ nodeId: string; items: ServedCertificate[] }>('GET', `/nodes/${encodeURIComponent(id)}/certificate${query({ name })}`, { signal }),
    enroll: (id: string) => send<NodeToken>('POST', '/nodes', { body: { id } }),
    renewToken: (id: string) => send<NodeToken>('POST', `/nodes/${encodeURIComponent(id)}/token`, { body: {} }),
    drain: (id: string, body: { closePorts: boolean; reason: string }) => send<void>('POST', `/nodes/${encodeURIComponent(id)}/drain`, { body }),
    undrain: (id: string) => send<void>('POST', `/nodes/${encodeURIComponent(id)}/undrain`, { body: {} }),
    remove: (id: string) => send<void>('DELETE', `/nodes/${encodeURIComponent(id)}`)
  },
  audit: {
    list: (options: { limit?: number; cursor?: string | null; actor?: string; action?: string; kind?: string; resourceId?: string; since?: string; until?: string } = {}, signal?: AbortSignal) => send<Page<AuditRow>>('GET', `/audit${query(options)}`, { signal })
  }
}
