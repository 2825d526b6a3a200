import Type from 'typebox'
import { sha256Hex, strictObject } from '../../../shared/schema/field.ts'
import { Ack, Desired, Heartbeat } from '../../../shared/schema/node-api.ts'
import { OperationalState } from '../../../shared/schema/operational-state.ts'
import { SnapshotContentSchema, SnapshotHead } from '../../../shared/schema/snapshot.ts'
import { noteAck } from '../../fleet/note-ack.ts'
import { noteHeartbeat } from '../../fleet/note-heartbeat.ts'
import { AppError } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { operationalState } from '../../operation/operational-state.ts'
import { announceNode } from '../../publishing/announce.ts'
import { desiredOf, presentSnapshotHead } from '../../publishing/live.ts'
import { credentialEndpoints } from './credential-endpoints.ts'
import { nodeId } from './node-id.ts'

const HAVE = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\.\\d{1,9}$'

export const nodeApiEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/node/config',
    permission: 'node',
    tag: 'node API',
    summary: 'The snapshot this node should serve',
    query: strictObject({ have: Type.Optional(Type.String({ pattern: HAVE, form: 'EPOCH.REVISION', description: 'What the node has; 304 when that is what it should serve.' })) }),
    answers: {
      200: { description: 'The snapshot.', schema: strictObject({ desired: Desired, snapshot: strictObject({ ...SnapshotHead.properties, content: SnapshotContentSchema }) }) },
      204: { description: 'Nothing was published yet.' },
      304: { description: 'The node has it.' }
    },
    async handle({ deps: { db }, actor, query }) {
      const desired = await db.desired.findByPk(nodeId(actor))
      if (desired === null) return { status: 204 }
      const { epoch, revision } = desired
      if (query.have === `${epoch}.${revision}`) return { status: 304 }
      const row = await db.snapshots.findOne({ where: { epoch, revision } })
      if (row === null) throw new AppError('internal_error')
      const head = JSON.stringify(presentSnapshotHead(row)).slice(0, -1)
      return { status: 200, body: `{"desired":${JSON.stringify(desiredOf(row))},"snapshot":${head},"content":${row.content}}}` }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/node/operational-state',
    permission: 'node',
    tag: 'node API',
    summary: 'What holds for this node without a publish: its drain, and targets that people took out or weighted anew',
    query: strictObject({ have: Type.Optional(sha256Hex({ description: 'hash of what the node has; 304 when that is the newest.' })) }),
    answers: { 200: { description: 'All of it.', schema: OperationalState }, 304: { description: 'The node has it.' } },
    async handle({ deps: { db }, actor, query }) {
      const body = await operationalState(db, nodeId(actor), query.have, new Date())
      return body === null ? { status: 304 } : { status: 200, body }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/node/ack',
    permission: 'node',
    tag: 'node API',
    summary: 'Report what the node did with a snapshot',
    body: Ack,
    answers: { 204: { description: 'Noted.' } },
    async handle({ deps, actor, body }) {
      const id = nodeId(actor)
      await noteAck(deps, id, body, new Date())
      void announceNode(deps, { nodeId: id, kind: 'ack' })
      return { status: 204 }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/node/heartbeat',
    permission: 'node',
    tag: 'node API',
    summary: 'Report the state of the node; sent every 2 s',
    body: Heartbeat,
    answers: { 200: { description: 'What the node should serve.', schema: strictObject({ desired: Type.Union([Desired, Type.Null()]) }) } },
    async handle({ deps, actor, body, client }) {
      const id = nodeId(actor)
      const desired = await noteHeartbeat(deps, id, body, new Date(), client.address === '' ? null : client.address)
      void announceNode(deps, { nodeId: id, kind: 'heartbeat' })
      return { status: 200, body: { desired } }
    }
  }),
  ...credentialEndpoints
]
