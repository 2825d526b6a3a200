import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { GatewayEvent } from '../../shared/schema/event.ts'
import { MOST_WAITING } from '../../shared/schema/webhook.ts'
import { uuidV7 } from '../uuid-v7.ts'

/** An event that its webhooks will get, whatever becomes of Redis and of this process. */
export interface RecordedEvent {
  id: string
  event: GatewayEvent
}

/**
 * Writes down the event for every webhook that wants it. With the transaction of the change that it tells of, both are
 * there or neither. Whoever records one tells it after the commit with emitEvent.
 */
export async function recordEvent(db: Database, event: GatewayEvent, transaction?: Transaction): Promise<RecordedEvent> {
  const id = uuidV7()
  await db.sequelize.query(
    `INSERT INTO webhook_deliveries (id, webhook_id, event_id, kind, body, next_at, created_at)
     SELECT gen_random_uuid(), id, $1::uuid, $2::text, $3::text, $4::timestamptz, $4::timestamptz FROM webhooks
     WHERE enabled AND $2::text = ANY(events) AND (tenant_code IS NULL OR tenant_code = $5::text)
       AND (SELECT count(*) FROM webhook_deliveries d WHERE d.webhook_id = webhooks.id AND d.state = 'pending') < ${MOST_WAITING}`,
    { bind: [id, event.kind, JSON.stringify({ id, ...event }), new Date(), event.tenantCode ?? null], type: QueryTypes.INSERT, ...(transaction ? { transaction } : {}) }
  )
  return { id, event }
}
