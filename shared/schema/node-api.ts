import Type from 'typebox'
import { sha256Hex, strictObject, timestamp, uuid, words } from './field.ts'
import { BUCKETS } from '../traffic/latency-bounds.ts'
import { IssueSchema } from './issue-schema.ts'
import type { Snapshot } from './snapshot.ts'

/** Which snapshot a node should serve. Kept per node in Postgres; there is no global "latest". */
export const Desired = strictObject({ epoch: uuid(), revision: Type.Integer({ minimum: 1 }), sha256: sha256Hex() })
export type Desired = Type.Static<typeof Desired>

/** Body on CHANNELS.config: a nudge, never to be trusted. */
export const ConfigHint = strictObject({ epoch: uuid(), revision: Type.Integer({ minimum: 1 }) })
export type ConfigHint = Type.Static<typeof ConfigHint>

/** Body on CHANNELS.config: a certificate changed. */
export const CredentialHint = strictObject({ kind: words(['credentials']) })
export type CredentialHint = Type.Static<typeof CredentialHint>

/** Body on CHANNELS.config: a node was drained or undrained, or a target taken out, put back or weighted. */
export const OperationHint = strictObject({ kind: words(['operation']) })
export type OperationHint = Type.Static<typeof OperationHint>

/** Body on CHANNELS.nodes. */
export const NodeHint = strictObject({ nodeId: Type.String({ maxLength: 128 }), kind: words(['ack', 'heartbeat']) })
export type NodeHint = Type.Static<typeof NodeHint>

/** Answer of GET /api/v1/node/config?have=EPOCH.REVISION (304 when the node has it, 204 when nothing was published yet). */
export interface NodeConfig {
  desired: Desired
  snapshot: Snapshot
}

/** What one thread did with a snapshot. */
export const ThreadResult = strictObject({
  thread: Type.Integer({ minimum: 0, maximum: 1023 }),
  result: words(['applied', 'refused']),
  preparedInMs: Type.Number({ minimum: 0 }),
  at: timestamp(),
  issues: Type.Array(IssueSchema, { maxItems: 100 })
})
export type ThreadResult = Type.Static<typeof ThreadResult>

/** Body of POST /api/v1/node/ack: what a node did with a desired snapshot; retried until delivered. */
export const Ack = strictObject({
  epoch: uuid(),
  revision: Type.Integer({ minimum: 1 }),
  sha256: sha256Hex(),
  result: words(['applied', 'applied_with_issues', 'refused']),
  issues: Type.Array(IssueSchema, { maxItems: 1000, description: 'Environment errors per port, or the reasons of a refusal.' }),
  threads: Type.Array(ThreadResult, { maxItems: 1024 }),
  persisted: Type.Boolean({ description: 'The snapshot is on the disk of the node.' }),
  verifiedAt: timestamp(),
  at: timestamp()
})
export type Ack = Type.Static<typeof Ack>

/** A port as a node sees it. `listening` serves, `reserved` is bound and refuses connections. */
export const PortState = strictObject({
  address: Type.String({ maxLength: 45 }),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
  protocol: words(['http', 'https']),
  state: words(['reserved', 'listening', 'port_in_use', 'failed']),
  error: Type.Optional(Type.String({ maxLength: 500 }))
})
export type PortState = Type.Static<typeof PortState>

/** `Served` of shared/traffic as a schema. */
export const ServedCounts = strictObject({
  requests: Type.Integer({ minimum: 0 }),
  errors: Type.Integer({ minimum: 0, description: 'Of these, answers 5xx, made by the node or an origin.' }),
  durations: Type.Array(Type.Integer({ minimum: 0 }), { maxItems: BUCKETS, description: 'Requests by how long they took: up to 1, 2.5, 5, 10, 25, 50, 100, 250, 500 ms, 1, 2.5, 5, 10 s, and longer.' })
})

/** Body of POST /api/v1/node/heartbeat, each 2 s. The answer is HeartbeatAnswer. */
export const Heartbeat = strictObject({
  startedAt: timestamp(),
  version: Type.String({ maxLength: 64 }),
  schemaVersions: Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 32 }),
  labels: Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 256 })),
  threads: Type.Integer({ minimum: 0, maximum: 1024 }),
  serving: Type.Union([Desired, Type.Null()], { description: 'What every thread serves now.' }),
  source: words(['none', 'control-plane', 'disk', 'disk-previous'], { description: 'Where the serving snapshot came from.' }),
  httpPortRange: Type.String({ maxLength: 1024 }),
  httpsPortRange: Type.String({ maxLength: 1024 }),
  ports: Type.Array(PortState, { maxItems: 4096, description: 'Every port that listens or should, and those of the ranges that cannot be reserved. Reserved ones that no listener asks for are left out.' }),
  reservedPorts: Type.Optional(Type.Integer({ minimum: 0, description: 'Ports of the ranges that are held and not used.' })),
  nodeVersion: Type.Optional(Type.String({ maxLength: 64, description: 'Of Node.js.' })),
  threadsServing: Type.Optional(Type.Array(strictObject({ thread: Type.Integer({ minimum: 0, maximum: 1023 }), serving: Type.Union([Desired, Type.Null()]) }), { maxItems: 1024, description: 'What each thread says that it serves.' })),
  load: Type.Optional(strictObject({ average: Type.Number({ minimum: 0, description: 'Load average of the machine over a minute.' }), cores: Type.Integer({ minimum: 1 }) })),
  connections: Type.Integer({ minimum: 0 }),
  requests: Type.Integer({ minimum: 0, description: 'Requests answered since the start.' }),
  served: Type.Optional(ServedCounts),
  rssBytes: Type.Integer({ minimum: 0 }),
  eventLoopDelayMs: Type.Number({ minimum: 0, description: 'p99 over the last period, worst thread.' }),
  draining: Type.Boolean({ description: 'It is stopping.' }),
  drained: Type.Optional(Type.Boolean({ description: 'A person drained it, and it acts on that.' }))
})
export type Heartbeat = Type.Static<typeof Heartbeat>

export interface HeartbeatAnswer {
  desired: Desired | null
}
