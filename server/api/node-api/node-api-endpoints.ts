import Type from 'typebox'
import { strictObject } from '../../../shared/schema/field.ts'
import { Ack, Desired, Heartbeat } from '../../../shared/schema/node-api.ts'
import { SnapshotContentSchema, SnapshotHead } from '../../../shared/schema/snapshot.ts'
import { AppError } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
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
    method: 'POST',
    path: '/node/ack',
    permission: 'node',
    tag: 'node API',
    summary: 'Report what the node did with a snapshot',
    body: Ack,
    answers: { 204: { description: 'Noted.' } },
    async handle({ deps, actor, body }) {
      const { epoch, revision } = body
      const id = nodeId(actor)
      const known = await deps.db.snapshots.findOne({ where: { epoch, revision }, attributes: ['sha256'] })
      if (known === null) throw new AppError('not_found', { message: `There is no revision ${revision} of the epoch ${epoch}.` })
      if (known.sha256 !== body.sha256) throw new AppError('conflict', { message: `Revision ${revision} has the hash ${known.sha256}; the report is about ${body.sha256}.` })
      await deps.db.nodeAcks.upsert({ nodeId: id, epoch, revision, ack: body, receivedAt: new Date() })
      void announceNode(deps, { nodeId: id, kind: 'ack' })
      return { status: 204 }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/node/heartbeat',
    permission: 'node',
    tag: 'node API',
    summary: 'Report the state of the node; sent every 5 s',
    body: Heartbeat,
    answers: { 200: { description: 'What the node should serve.', schema: strictObject({ desired: Type.Union([Desired, Type.Null()]) }) } },
    async handle({ deps, actor, body }) {
      const id = nodeId(actor)
      await deps.db.nodes.update({ lastHeartbeatAt: new Date(), heartbeat: body }, { where: { id } })
      const desired = await deps.db.desired.findByPk(id)
      void announceNode(deps, { nodeId: id, kind: 'heartbeat' })
      return { status: 200, body: { desired: desired && { epoch: desired.epoch, revision: desired.revision, sha256: desired.sha256 } } }
    }
  }),
  ...credentialEndpoints
]
