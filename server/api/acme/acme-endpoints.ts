import Type from 'typebox'
import { strictObject, timestamp, uuid, words } from '../../../shared/schema/field.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { actorName } from '../../auth/actor.ts'
import { AppError } from '../../http/app-error.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { announceAcme } from '../../publishing/announce.ts'
import { inTransaction } from '../../in-transaction.ts'
import { contains, oneOf } from '../../lists/filters.ts'
import { defineList } from '../../lists/list.ts'
import { pageRows } from '../../lists/page-rows.ts'
import type { AcmeNameRow } from '../../../db/models/acme.ts'

const ACME_LIST = defineList({
  sortable: {
    name: { attribute: 'name', type: 'text' },
    nextAt: { attribute: 'nextAt', type: 'moment', nullable: true },
    updatedAt: { attribute: 'updatedAt', type: 'moment' }
  },
  sort: 'name',
  unique: { attribute: 'name', type: 'text' },
  filters: { q: contains('name'), status: oneOf('status', ['waiting', 'ordering', 'issued', 'failed'], 'Only names with this status.') }
})

const AcmeName = strictObject({
  name: Type.String(),
  certificateId: uuid(),
  status: words(['waiting', 'ordering', 'issued', 'failed'], { description: 'waiting: a certificate of our own making serves; failed: nothing more is tried until somebody asks for it.' }),
  attempts: Type.Integer({ description: 'Failed ones since the last certificate.' }),
  nextAt: Type.Union([timestamp(), Type.Null()], { description: 'When it is ordered or renewed.' }),
  lastError: Type.Union([Type.String(), Type.Null()], { description: "In the certificate authority's own words." }),
  selfCheck: Type.Union([Type.String(), Type.Null()], { description: "What was seen of the answer to the authority's last challenge on http listeners of nodes, before the authority was told to look; null: nothing yet. Not seen is no failure: the authority may reach nodes that control-jobs does not." }),
  updatedAt: timestamp()
}, { title: 'ACME name' })

export const acmeEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/acme',
    permission: 'viewer',
    tag: 'certificates',
    summary: 'The names whose certificates come by ACME, and how that goes',
    query: ACME_LIST.query,
    answers: { 200: { description: 'A page of names.', schema: pageOf(AcmeName) } },
    async handle({ deps, query }) {
      const { items, nextCursor } = await pageRows(deps.db.acmeNames, ACME_LIST, query)
      return { status: 200, body: { items: items.map(present), nextCursor } }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/acme/:name/order',
    permission: 'publisher',
    tag: 'certificates',
    summary: 'Order the certificate of a name now, also when it failed for good or is not due yet',
    answers: { 202: { description: 'Ordered within a minute.', schema: AcmeName } },
    audits: 'acme.order',
    async handle({ deps, actor, params, requestId }) {
      const { db } = deps
      const name = (params['name'] ?? '').toLowerCase()
      const row = await inTransaction(db, async (transaction) => {
        const found = await db.acmeNames.findByPk(name, { transaction, lock: transaction.LOCK.UPDATE })
        if (found === null) throw new AppError('not_found', { message: `No certificate for ${name} comes by ACME; name it in a TLS policy and publish.` })
        const before = present(found)
        await found.update({ nextAt: new Date(), attempts: 0, status: found.status === 'failed' ? 'waiting' : found.status, updatedAt: new Date() }, { transaction })
        await appendAudit(db, transaction, { actor: actorName(actor), action: 'acme.order', kind: 'acme', resourceId: name, requestId, before, after: present(found) })
        return found
      })
      await announceAcme(deps)
      return { status: 202, body: present(row) }
    }
  })
]

function present({ name, certificateId, status, attempts, nextAt, lastError, selfCheck, updatedAt }: AcmeNameRow) {
  return { name, certificateId, status, attempts, nextAt: nextAt?.toISOString() ?? null, lastError, selfCheck, updatedAt: updatedAt.toISOString() }
}
