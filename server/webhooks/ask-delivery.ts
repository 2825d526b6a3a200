import type { WebhookDeliveryRow } from '../../db/models/webhooks.ts'
import { CHANNELS } from '../../shared/schema/channels.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { actorName } from '../auth/actor.ts'
import type { Deps } from '../deps.ts'
import { AppError } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { isUuid } from '../is-uuid.ts'
import type { Change } from '../resources/write-resource.ts'
import { uuidV7 } from '../uuid-v7.ts'
import { findWebhook } from './list-webhooks.ts'

/** Puts an event of the kind test on its way, also when the webhook is disabled. @throws AppError not_found */
export async function testWebhook(change: Change, id: string): Promise<WebhookDeliveryRow> {
  const { db } = change.deps
  const now = new Date()
  const eventId = uuidV7()
  const delivery = await inTransaction(db, async (transaction) => {
    await findWebhook(db, id, transaction)
    await appendAudit(db, transaction, { actor: actorName(change.actor), action: 'webhooks.test', kind: 'webhooks', resourceId: id, requestId: change.requestId })
    const body = JSON.stringify({ id: eventId, kind: 'test', at: now.toISOString(), data: {} })
    return db.webhookDeliveries.create({ id: uuidV7(), webhookId: id, eventId, kind: 'test', body, nextAt: now, createdAt: now }, { transaction })
  })
  await nudge(change.deps)
  return delivery
}

/** Tries a delivery again now, also one that failed for good or arrived. @throws AppError not_found */
export async function sendAgain(change: Change, webhookId: string, deliveryId: string): Promise<WebhookDeliveryRow> {
  const { db } = change.deps
  await findWebhook(db, webhookId)
  const delivery = await inTransaction(db, async (transaction) => {
    const row = isUuid(deliveryId) ? await db.webhookDeliveries.findOne({ where: { id: deliveryId, webhookId }, transaction, lock: transaction.LOCK.UPDATE }) : null
    if (row === null) throw new AppError('not_found', { message: `There is no delivery with the id ${deliveryId}; only the last ones are kept.` })
    await appendAudit(db, transaction, { actor: actorName(change.actor), action: 'webhooks.sendAgain', kind: 'webhooks', resourceId: webhookId, requestId: change.requestId, before: { deliveryId, state: row.state } })
    return row.update({ state: 'pending', attempts: 0, nextAt: new Date(), endedAt: null }, { transaction })
  })
  await nudge(change.deps)
  return delivery
}

/** control-jobs looks at once; without Redis it looks by itself within seconds of its return. */
async function nudge({ redis }: Deps): Promise<void> {
  await redis.publish(CHANNELS.webhooks, '').catch(() => {})
}
