import type { Transaction } from 'sequelize'
import Type from 'typebox'
import type { Database } from '../../../db/database.ts'
import { Ack, Desired, Heartbeat } from '../../../shared/schema/node-api.ts'
import { Drain } from '../../../shared/schema/operational-state.ts'
import { strictObject, timestamp, words } from '../../../shared/schema/field.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { actorName } from '../../auth/actor.ts'
import { createToken, hashToken } from '../../auth/token.ts'
import { AppError } from '../../http/app-error.ts'
import { nullableTimestamp, pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { inTransaction } from '../../in-transaction.ts'
import { findStable } from '../../publishing/live.ts'
import { findNode, listNodes, NODE_LIST } from './list-nodes.ts'
import { PRESENCES } from '../../fleet/presence.ts'
import { certificateEndpoint } from './certificate-endpoint.ts'
import { drainEndpoints } from './drain-endpoints.ts'
import { labelEndpoint } from './label-endpoint.ts'
import { Labels } from './labels.ts'
import { markExposed } from '../../certificates/delivered-certificates.ts'

const NodeId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$', form: '1 to 128 letters, digits, dots, dashes or underscores', description: 'Chosen by you; NODE_ID of the data node.' })
const NodeToken = strictObject({ id: Type.String(), token: Type.String({ description: 'NODE_TOKEN of the data node; shown only here.' }) })
const nullable = (schema: Type.TSchema) => Type.Union([schema, Type.Null()])
const NodeDrain = strictObject({ ...Drain.properties, by: Type.String(), at: timestamp(), reason: Type.String() }, { description: 'Its connections go elsewhere, and /readyz answers 503.' })
const NodeItem = strictObject({
  id: NodeId,
  labels: Labels,
  createdBy: Type.String(),
  createdAt: timestamp(),
  presence: words([...PRESENCES], { description: 'online: heard of within 5 s. unknown: within a minute. gone: not since, or never.' }),
  online: Type.Boolean({ description: 'Heard of within the last 5 s.' }),
  stale: Type.Boolean({ description: 'Not heard of for a day; after NODE_FORGET_HOURS of control-jobs it is removed.' }),
  lastHeartbeatAt: nullableTimestamp,
  serving: nullable(Desired),
  desired: nullable(Desired),
  behind: Type.Boolean({ description: 'It does not serve what it should.' }),
  drain: nullable(NodeDrain),
  ack: nullable(Ack),
  heartbeat: nullable(Heartbeat)
})

export const nodeEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/nodes',
    permission: 'viewer',
    tag: 'nodes',
    summary: 'List the data nodes with what they serve and should serve',
    query: NODE_LIST.query,
    answers: { 200: { description: 'A page of enrolled nodes.', schema: pageOf(NodeItem) } },
    handle: async ({ deps, query }) => ({ status: 200, body: await listNodes(deps.db, query, new Date()) })
  }),
  endpoint({
    method: 'GET',
    path: '/nodes/:id',
    permission: 'viewer',
    tag: 'nodes',
    summary: 'Read a data node with what it serves and should serve',
    answers: { 200: { description: 'The node.', schema: NodeItem } },
    async handle({ deps, params }) {
      const id = params['id'] ?? ''
      const node = await findNode(deps.db, id, new Date())
      if (node === undefined) throw unknownNode(id)
      return { status: 200, body: node }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/nodes',
    permission: 'admin',
    tag: 'nodes',
    summary: 'Enrol a data node; its token is shown only in this answer',
    body: strictObject({ id: NodeId, labels: Labels }),
    answers: { 201: { description: 'The token of the node.', schema: NodeToken } },
    audits: 'nodes.create',
    async handle({ deps: { db }, body, actor, requestId }) {
      const token = createToken('gwn')
      await inTransaction(db, async (transaction) => {
        if ((await db.nodes.count({ where: { id: body.id }, transaction })) > 0) throw new AppError('name_taken', { message: `A node ${body.id} is enrolled already; POST /nodes/${body.id}/token makes it a new token.` })
        await db.nodes.create({ id: body.id, labels: body.labels, tokenHash: hashToken(token), createdBy: actorName(actor), createdAt: new Date() }, { transaction })
        await meetPublishes(db, transaction)
        const stable = await findStable(db, transaction)
        if (stable !== null) await db.desired.create({ nodeId: body.id, epoch: stable.epoch, revision: stable.revision, sha256: stable.sha256 }, { transaction })
        await appendAudit(db, transaction, { actor: actorName(actor), action: 'nodes.create', kind: 'nodes', resourceId: body.id, requestId, after: body })
      })
      return { status: 201, body: { id: body.id, token } }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/nodes/:id/token',
    permission: 'admin',
    tag: 'nodes',
    summary: 'Give a node a new token; the old one is refused at once',
    answers: { 201: { description: 'The new token.', schema: NodeToken } },
    audits: 'nodes.token',
    async handle({ deps: { db }, params, actor, requestId }) {
      const id = params['id'] ?? ''
      const token = createToken('gwn')
      await inTransaction(db, async (transaction) => {
        const [count] = await db.nodes.update({ tokenHash: hashToken(token) }, { where: { id }, transaction })
        if (count === 0) throw unknownNode(id)
        await appendAudit(db, transaction, { actor: actorName(actor), action: 'nodes.token', kind: 'nodes', resourceId: id, requestId })
      })
      return { status: 201, body: { id, token } }
    }
  }),
  endpoint({
    method: 'DELETE',
    path: '/nodes/:id',
    permission: 'admin',
    tag: 'nodes',
    summary: 'Revoke a data node: its token is refused at once, it leaves the list, and certificates whose keys it has are due for rotation',
    answers: { 204: { description: 'Revoked.' } },
    audits: 'nodes.delete',
    async handle({ deps: { db }, params, actor, requestId }) {
      const id = params['id'] ?? ''
      await inTransaction(db, async (transaction) => {
        const certificates = await markExposed(db, transaction, id, new Date())
        const count = await db.nodes.destroy({ where: { id }, transaction })
        if (count === 0) throw unknownNode(id)
        await appendAudit(db, transaction, { actor: actorName(actor), action: 'nodes.delete', kind: 'nodes', resourceId: id, requestId, before: { id, certificates } })
      })
      return { status: 204 }
    }
  }),
  labelEndpoint,
  certificateEndpoint,
  ...drainEndpoints
]

/**
 * A publish sets what every node it sees should serve. One that runs now is waited for, and one whose view is from before
 * this node starts over, because the row it locks was written.
 */
async function meetPublishes(db: Database, transaction: Transaction): Promise<void> {
  await db.sequelize.query('UPDATE configuration SET epoch = epoch WHERE id = 1', { transaction })
}

function unknownNode(id: string): AppError {
  return new AppError('not_found', { message: `There is no node ${id}.` })
}
