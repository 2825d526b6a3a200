import { QueryTypes } from 'sequelize'
import type { Logger } from 'pino'
import type { Database } from '../../db/database.ts'
import type { WebhookDeliveryRow, WebhookRow } from '../../db/models/webhooks.ts'
import { unseal } from '../sealing/seal.ts'
import type { SecretsKey } from '../sealing/secrets-key.ts'
import { type Attempt, postWebhook } from './post-webhook.ts'
import { signWebhook } from './signature.ts'

/** Waits before the next attempt, by how many failed; after the last one it has failed. Two and a half hours in all. */
export const PAUSES_MS = [5_000, 20_000, 80_000, 5 * 60_000, 20 * 60_000, 60 * 60_000, 60 * 60_000]
/** Longer than an attempt takes; one that dies is tried again after it. */
const LOCK_MS = 60_000
const MOST_WORDS = 1_000

export interface WebhookDeps {
  db: Database
  secretsKey: SecretsKey | null
  webhooksPrivate: boolean
  log: Logger
}

/** What became of a delivery whose turn it was. */
export type DeliveryOutcome = 'delivered' | 'again' | 'failed' | 'not-due'

/** Makes one attempt at a delivery that is due, when nobody else makes it. */
export async function deliverWebhook(deps: WebhookDeps, deliveryId: string): Promise<{ outcome: DeliveryOutcome; error: string | null }> {
  const delivery = await claim(deps.db, deliveryId, new Date())
  if (delivery === null) return { outcome: 'not-due', error: null }
  const webhook = await deps.db.webhooks.findByPk(delivery.webhookId)
  if (webhook === null) return { outcome: 'not-due', error: null }
  const attempt = await attemptAt(deps, webhook, delivery)
  const outcome = await note(delivery, attempt)
  if (outcome !== 'delivered') deps.log.warn({ webhook: webhook.name, kind: delivery.kind, attempts: delivery.attempts, reason: attempt.error }, 'a webhook did not take an event')
  return { outcome, error: attempt.error }
}

/** Only one process gets it. */
async function claim(db: Database, id: string, now: Date): Promise<WebhookDeliveryRow | null> {
  const [taken] = await db.sequelize.query<{ id: string }>(
    `UPDATE webhook_deliveries SET locked_until = $2 WHERE id = $1 AND state = 'pending' AND next_at <= $3 AND (locked_until IS NULL OR locked_until < $3) RETURNING id`,
    { bind: [id, new Date(now.getTime() + LOCK_MS), now], type: QueryTypes.SELECT }
  )
  return taken === undefined ? null : db.webhookDeliveries.findByPk(id)
}

async function attemptAt(deps: WebhookDeps, webhook: WebhookRow, { eventId, body, kind }: WebhookDeliveryRow): Promise<Attempt> {
  if (!webhook.enabled && kind !== 'test') return { status: null, error: 'the webhook is disabled', ms: 0 }
  const secrets = secretsOf(deps.secretsKey, webhook)
  if (secrets === null) return { status: null, error: 'its secret cannot be opened: SECRETS_KEY is missing or another one', ms: 0 }
  const timestamp = Math.floor(Date.now() / 1000)
  const headers = { 'webhook-id': eventId, 'webhook-timestamp': String(timestamp), 'webhook-signature': signWebhook(secrets, eventId, timestamp, body) }
  return postWebhook(webhook.url, headers, body, deps.webhooksPrivate)
}

function secretsOf(key: SecretsKey | null, { id, keyId, sealedSecret, sealedPrevious, previousUntil }: WebhookRow): string[] | null {
  if (key === null || key.id !== keyId) return null
  const previous = sealedPrevious !== null && previousUntil !== null && previousUntil > new Date() ? [sealedPrevious] : []
  return [sealedSecret, ...previous].map((sealed) => unseal(key, id, sealed))
}

async function note(delivery: WebhookDeliveryRow, { status, error, ms }: Attempt): Promise<DeliveryOutcome> {
  const now = new Date()
  const attempts = delivery.attempts + 1
  const pause = PAUSES_MS[attempts - 1]
  const outcome = error === null ? 'delivered' : pause === undefined ? 'failed' : 'again'
  await delivery.update({
    state: outcome === 'again' ? 'pending' : outcome,
    attempts,
    nextAt: outcome === 'again' ? new Date(now.getTime() + pause! * (0.8 + Math.random() * 0.4)) : null,
    lockedUntil: null,
    lastStatus: status,
    lastError: error?.slice(0, MOST_WORDS) ?? null,
    lastMs: ms,
    endedAt: outcome === 'again' ? null : now
  })
  return outcome
}
