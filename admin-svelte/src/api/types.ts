import type { Explanation, ExplainRequest } from '../../../shared/schema/explain.ts'
import type { Issue } from '../../../shared/schema/issue.ts'
import type { Listener } from '../../../shared/schema/listener.ts'
import type { Provider } from '../../../shared/schema/provider.ts'
import type { Ack, Desired, Heartbeat } from '../../../shared/schema/node-api.ts'
import type { DraftedKind, StoredFields } from '../../../shared/schema/resource.ts'
import type { Role } from '../../../shared/schema/role.ts'
import type { ResourceChange } from '../../../shared/schema/resource-change.ts'
import type { Route } from '../../../shared/schema/route.ts'
import type { Snapshot, SnapshotHead } from '../../../shared/schema/snapshot.ts'
import type { Upstream } from '../../../shared/schema/upstream.ts'

export type Stored<T> = T & StoredFields
export interface SpecOf {
  listeners: Listener
  upstreams: Upstream
  routes: Route
  providers: Provider
}
export type StoredOf<K extends DraftedKind> = Stored<SpecOf[K]>

export interface Page<T> {
  items: T[]
  nextCursor: string | null
}

export interface User {
  id: string
  email: string
  role: Role
}
export interface SessionAnswer {
  user: User
  csrfToken: string
}

export type { ResourceChange }

export interface ValidateAnswer {
  issues: Issue[]
  draftHash: string
  live: Desired | null
}

export interface PublishRequest {
  expectedRevision: number
  expectedDraftHash: string
  note: string
  acknowledgeRollback?: boolean
}
export interface PublishAnswer {
  revision: number
  unchanged?: boolean
  announced?: boolean
  issues?: Issue[]
  nodes?: string[]
}

export type { Explanation, ExplainRequest }

export type { Snapshot, SnapshotHead }

export type RolloutState = 'pending' | 'applied' | 'applied_with_issues' | 'refused'
export interface NodeRollout extends Partial<Ack> {
  nodeId: string
  state: RolloutState
}
export interface Rollout {
  revision: number
  nodes: NodeRollout[]
}

export interface NodeItem {
  id: string
  labels: Record<string, string>
  online: boolean
  lastHeartbeatAt: string | null
  serving: Desired | null
  desired: Desired | null
  behind: boolean
  ack: Ack | null
  heartbeat: Heartbeat | null
}
export interface NodeToken {
  id: string
  token: string
}

export interface AuditRow {
  id: string
  at: string
  actor: string
  action: string
  kind: string
  resourceId: string
  requestId: string
  before: unknown
  after: unknown
}
