import type { WebhookDeliveryRow, WebhookRow } from '../../db/models/webhooks.ts'
import type { EventKind } from '../../shared/schema/event.ts'
import type { WebhookDelivery, WebhookItem } from '../../shared/schema/webhook.ts'

/** A webhook as the API shows it. */
export function presentWebhook(row: WebhookRow, now: Date): WebhookItem {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    events: row.events as EventKind[],
    ...(row.tenantCode === null ? {} : { tenantCode: row.tenantCode }),
    enabled: row.enabled,
    previousSecretUntil: row.previousUntil && row.previousUntil > now ? row.previousUntil.toISOString() : null,
    version: row.version,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString()
  }
}

export function presentDelivery({ id, eventId, kind, state, attempts, nextAt, lastStatus, lastError, lastMs, createdAt, endedAt }: WebhookDeliveryRow): WebhookDelivery {
  return { id, eventId, kind, state, attempts, nextAt: nextAt?.toISOString() ?? null, lastStatus, lastError, lastMs, createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null }
}
