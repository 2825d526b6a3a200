import { WebhookChange, WebhookDelivery, WebhookItem, WebhookUpload, WebhookWithSecret } from '../../../shared/schema/webhook.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { pageRows } from '../../lists/page-rows.ts'
import { etagOf } from '../../resources/if-match.ts'
import { liveHandlers } from '../../resources/live-handlers.ts'
import { sendAgain, testWebhook } from '../../webhooks/ask-delivery.ts'
import { DELIVERY_LIST, findWebhook, WEBHOOK_LIST } from '../../webhooks/list-webhooks.ts'
import { presentDelivery, presentWebhook } from '../../webhooks/present-webhook.ts'
import { changeWebhook, createWebhook, removeWebhook, rotateWebhookSecret, type SecretTold } from '../../webhooks/write-webhook.ts'

const one = { description: 'The webhook, with its version as ETag; never its secret.', schema: WebhookItem }
const live = liveHandlers({ key: 'id', find: (db, id) => findWebhook(db, id), change: changeWebhook, remove: removeWebhook, present: (row) => presentWebhook(row, new Date()) })
const told = { description: 'The webhook with its secret, which is shown only now.', schema: WebhookWithSecret }
const onItsWay = { description: 'It is on its way; what became of it is in the deliveries.', schema: WebhookDelivery }

const resourceEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/webhooks',
    permission: 'admin',
    tag: 'webhooks',
    summary: 'List the webhooks',
    query: WEBHOOK_LIST.query,
    answers: { 200: { description: 'A page of webhooks.', schema: pageOf(WebhookItem) } },
    async handle({ deps, query }) {
      const { items, nextCursor } = await pageRows(deps.db.webhooks, WEBHOOK_LIST, query)
      return { status: 200, body: { items: items.map((row) => presentWebhook(row, new Date())), nextCursor } }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/webhooks/:id',
    permission: 'admin',
    tag: 'webhooks',
    summary: 'Read a webhook',
    answers: { 200: one },
    handle: live.read
  }),
  endpoint({
    method: 'POST',
    path: '/webhooks',
    permission: 'admin',
    tag: 'webhooks',
    summary: 'Send events to an address from now on; the secret that signs them is shown only in this answer',
    body: WebhookUpload,
    answers: { 201: told },
    audits: 'webhooks.create',
    handle: async (request) => withSecret(201, await createWebhook(request, request.body))
  }),
  endpoint({
    method: 'PATCH',
    path: '/webhooks/:id',
    permission: 'admin',
    tag: 'webhooks',
    summary: 'Change a webhook: absent fields stay',
    body: WebhookChange,
    needsVersion: true,
    answers: { 200: one },
    audits: 'webhooks.update',
    handle: live.change
  }),
  endpoint({
    method: 'DELETE',
    path: '/webhooks/:id',
    permission: 'admin',
    tag: 'webhooks',
    summary: 'Delete a webhook with everything that was on its way to it',
    needsVersion: true,
    answers: { 204: { description: 'Deleted.' } },
    audits: 'webhooks.delete',
    handle: live.remove
  })
]

const deliveryEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/webhooks/:id/secret',
    permission: 'admin',
    tag: 'webhooks',
    summary: 'Give a webhook a new secret; the one before signs too for a day',
    needsVersion: true,
    answers: { 200: told },
    audits: 'webhooks.rotate',
    handle: async (request) => withSecret(200, await rotateWebhookSecret(request, ...await live.seen(request)))
  }),
  endpoint({
    method: 'POST',
    path: '/webhooks/:id/test',
    permission: 'admin',
    tag: 'webhooks',
    summary: 'Send an event of the kind test now',
    answers: { 202: onItsWay },
    audits: 'webhooks.test',
    handle: async (request) => ({ status: 202, body: presentDelivery(await testWebhook(request, request.params['id'] ?? '')) })
  }),
  endpoint({
    method: 'GET',
    path: '/webhooks/:id/deliveries',
    permission: 'admin',
    tag: 'webhooks',
    summary: 'What became of the events for a webhook: those on their way, and the last hundred that ended',
    query: DELIVERY_LIST.query,
    answers: { 200: { description: 'A page of deliveries.', schema: pageOf(WebhookDelivery) } },
    async handle({ deps, params, query }) {
      const { id } = await findWebhook(deps.db, params['id'] ?? '')
      const { items, nextCursor } = await pageRows(deps.db.webhookDeliveries, DELIVERY_LIST, query, { where: { webhookId: id }, attributes: { exclude: ['body'] } })
      return { status: 200, body: { items: items.map(presentDelivery), nextCursor } }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/webhooks/:id/deliveries/:deliveryId/send',
    permission: 'admin',
    tag: 'webhooks',
    summary: 'Send an event again, also one that failed for good or arrived',
    answers: { 202: onItsWay },
    audits: 'webhooks.sendAgain',
    handle: async (request) => ({ status: 202, body: presentDelivery(await sendAgain(request, request.params['id'] ?? '', request.params['deliveryId'] ?? '')) })
  })
]

/** Webhooks are live: there is no draft of them. */
export const webhookEndpoints: Endpoint[] = [...resourceEndpoints, ...deliveryEndpoints]

function withSecret(status: number, { row, secret }: SecretTold) {
  return { status, body: { ...presentWebhook(row, new Date()), secret }, headers: { etag: etagOf(row.version) } }
}
