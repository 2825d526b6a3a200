import Type from 'typebox'
import { strictObject } from '../../../shared/schema/field.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { actorName } from '../../auth/actor.ts'
import { AppError } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { inTransaction } from '../../in-transaction.ts'
import { LABEL_NAME, Labels, MOST_LABELS } from './labels.ts'

export const labelEndpoint: Endpoint = endpoint({
  method: 'PATCH',
  path: '/nodes/:id',
  permission: 'publisher',
  tag: 'nodes',
  summary: 'Change labels of a node; they go before those of its NODE_LABELS',
  body: strictObject({ labels: Type.Record(Type.String({ pattern: LABEL_NAME }), Type.Union([Type.String({ maxLength: 256 }), Type.Null()]), { default: {}, maxProperties: MOST_LABELS, description: 'Those that are not named stay; null takes one away, and then that of NODE_LABELS counts.' }) }),
  answers: { 200: { description: 'The labels that were set here.', schema: strictObject({ labels: Labels }) } },
  audits: 'nodes.label',
  async handle({ deps: { db }, params, body, actor, requestId }) {
    const id = params['id'] ?? ''
    const labels = await inTransaction(db, async (transaction) => {
      const node = await db.nodes.findByPk(id, { attributes: ['id', 'labels'], transaction, lock: transaction.LOCK.UPDATE })
      if (node === null) throw new AppError('not_found', { message: `There is no node ${id}.` })
      const wanted = Object.fromEntries(Object.entries({ ...node.labels, ...body.labels }).filter(([, value]) => value !== null)) as Record<string, string>
      if (Object.keys(wanted).length > MOST_LABELS) throw new AppError('conflict', { message: `A node has ${MOST_LABELS} labels at most.` })
      await appendAudit(db, transaction, { actor: actorName(actor), action: 'nodes.label', kind: 'nodes', resourceId: id, requestId, before: { labels: node.labels }, after: { labels: wanted } })
      await db.nodes.update({ labels: wanted }, { where: { id }, transaction })
      return wanted
    })
    return { status: 200, body: { labels } }
  }
})
