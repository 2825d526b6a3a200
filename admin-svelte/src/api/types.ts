import type { TargetLoad } from '../../../shared/schema/target-load.ts'
import type { Explanation, ExplainRequest } from '../../../shared/schema/explain.ts'
import type { Issue } from '../../../shared/schema/issue.ts'
import type { Listener } from '../../../shared/schema/listener.ts'
import type { Policy } from '../../../shared/schema/policy.ts'
import type { Provider } from '../../../shared/schema/provider.ts'
import type { Ack, Desired, Heartbeat } from '../../../shared/schema/node-api.ts'
import type { OpenConnection } from '../../../shared/schema/open-connection.ts'
import type { RecentRequest } from '../../../shared/schema/recent-request.ts'
import type { DraftedKind, StoredFields } from '../../../shared/schema/resource.ts'
import type { Role } from '../../../shared/schema/role.ts'
import type { ResourceChange } from '../../../shared/schema/resource-change.ts'
import type { Route } from '../../../shared/schema/route.ts'
import type { Snapshot, SnapshotHead } from '../../../shared/schema/snapshot.ts'
import type { Probe } from '../../../shared/schema/target-health.ts'
import type { TlsPolicy } from '../../../shared/schema/tls-policy.ts'
import type { Upstream } from '../../../shared/schema/upstream.ts'
import type { Careful, Hold } from './hold-types.ts'

export type Stored<T> = T & StoredFields
export interface SpecOf {
  listeners: Listener
  upstreams: Upstream
  routes: Route
  providers: Provider
  tlsPolicies: TlsPolicy
  policies: Policy
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
  /** null: not limited. */
  tenants: string[] | null
  mustChangePassword: boolean
}
export interface SessionItem {
  id: string
  isThis: boolean
  lastSeenAt: string
  clientAddress: string
  userAgent: string
}
export interface TokenItem {
  id: string
  name: string
  role: Role
  tenants: string[] | null
  createdBy: string
  expiresAt: string | null
  lastUsedAt: string | null
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
  /** The last publish was a rollback, which this draft knows nothing of. */
  behindRollback: boolean
}

/** The open WebSockets that publishing the draft would touch. */
export interface AffectedAnswer {
  affected: { routeId: string; route: string; because: 'route' | 'port'; promise: 'keep' | 'drain' | 'close'; open: number }[]
  open: number
  missing: string[]
}

export interface PublishRequest extends Careful {
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

export interface Pin {
  note: string
  pinnedBy: string
  pinnedAt: string
}
/** `contentOf`: the last revision before it with the same content, such as the one that a rollback went back to. */
export type SnapshotItem = SnapshotHead & { pin: Pin | null; contentOf: number | null }

export type RolloutState = 'pending' | 'applied' | 'applied_with_issues' | 'refused'
export interface NodeRollout extends Partial<Ack> {
  nodeId: string
  state: RolloutState
}
export interface Rollout {
  revision: number
  hold: Hold | null
  nodes: NodeRollout[]
}

export interface NodeItem {
  id: string
  labels: Record<string, string>
  online: boolean
  lastHeartbeatAt: string | null
  serving: Desired | null
  desired: Desired | null
  drain: { closePorts: boolean; by: string; at: string; reason: string } | null
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

export interface AcmeName {
  name: string
  certificateId: string
  status: 'waiting' | 'ordering' | 'issued' | 'failed'
  attempts: number
  nextAt: string | null
  lastError: string | null
  selfCheck: string | null
  updatedAt: string
}

export interface TargetOperation {
  kind: 'ejected' | 'weight'
  weight: number | null
  expiresAt: string | null
  reason: string
  by: string
  at: string
}
export interface LiveTarget {
  targetId: string
  address: string
  state: 'unknown' | 'healthy' | 'unhealthy'
  since: string | null
  reason: string
  operations: TargetOperation[]
  /** Newest first. */
  history: Probe[]
}
export interface UpstreamHealth {
  active: boolean
  targets: LiveTarget[]
}

export interface UpstreamLoad {
  items: (TargetLoad & { nodeId: string })[]
  missing: string[]
}

export type RequestItem = RecentRequest & { nodeId: string }
export interface RequestsAnswer {
  items: RequestItem[]
  missing: string[]
}
export interface FoundRequest {
  nodeId: string
  request: RecentRequest
  explanation: Explanation
}

export type ConnectionItem = OpenConnection & { nodeId: string }
export interface ConnectionsAnswer {
  items: ConnectionItem[]
  total: number
  /** Nodes that are online and did not answer in time. */
  missing: string[]
}

export type FileFormat = 'yaml' | 'json' | 'yarp'
export interface FileReport {
  path: string
  kind: 'loss' | 'change' | 'note'
  message: string
}
export interface ExportAnswer {
  text: string
  report: FileReport[]
}
export interface ImportRequest {
  text: string
  format: 'auto'
  mode: 'merge' | 'replace'
  dryRun: boolean
}
type Names = Partial<Record<DraftedKind, string[]>>
export interface ImportAnswer {
  dryRun: boolean
  created: Names
  updated: Names
  deleted: Names
  unchanged: Names
  report: FileReport[]
  issues: Issue[]
}

export interface TrafficSum {
  seconds: number
  requests: number
  requestsPerSecond: number
  errors: number
  errorRate: number
  p50Ms: number | null
  p99Ms: number | null
}
export interface Marker {
  revision: number
  at: string
  action: string | null
  by: string
  note: string
  before: TrafficSum | null
  after: TrafficSum | null
}

export interface JobItem {
  queue: string
  id: string
  name: string
  state: 'waiting' | 'active' | 'delayed' | 'failed' | 'completed'
  createdAt: string
  dueAt: string | null
  startedAt: string | null
  endedAt: string | null
  attempts: number
  reason: string | null
  data: unknown
}
export interface JobQueues {
  queues: { name: string; counts: Record<JobItem['state'], number>; schedulers: number }[]
  renewalsWithoutJob: number
}

export interface DeliveryItem {
  id: string
  kind: string
  state: 'pending' | 'delivered' | 'failed'
  attempts: number
  nextAt: string | null
  lastStatus: number | null
  lastError: string | null
  createdAt: string
  endedAt: string | null
}
