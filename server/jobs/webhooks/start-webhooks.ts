import { UnrecoverableError } from 'bullmq'
import type { Redis } from 'ioredis'
import { Op, QueryTypes } from 'sequelize'
import { CHANNELS } from '../../../shared/schema/channels.ts'
import { deliverWebhook, type WebhookDeps } from '../../webhooks/deliver-webhook.ts'
import { createJobWorker } from '../job-worker.ts'

const WEBHOOKS = 'webhooks'
const LOOK_EVERY_MS = 5_000
/** Deliveries that are made at one time. */
const AT_ONCE = 8
/** Deliveries that get their jobs in one look. */
const MOST_AT_A_LOOK = 500
/** Deliveries of one webhook that are listed after they ended. */
const KEPT_DELIVERIES = 100

export interface WebhookJobs {
  /** Writes the schedule anew where Redis lost it. */
  reconcile(): Promise<void>
  run(): void
  stop(): Promise<void>
}

/**
 * The webhooks of control-jobs. Postgres knows what is to be delivered and when; a look every few seconds, and at each
 * event, gives what is due a job. So an empty or absent Redis delays deliveries and loses none.
 */
export function createWebhookJobs(deps: WebhookDeps & { queueClient: Redis; workerClient: Redis }): WebhookJobs {
  const { db, log, queueClient } = deps
  const look = async (): Promise<number> => {
    const now = new Date()
    const due = await db.webhookDeliveries.findAll({
      where: { state: 'pending', nextAt: { [Op.lte]: now }, lockedUntil: { [Op.or]: [null, { [Op.lt]: now }] } },
      attributes: ['id'],
      order: [['nextAt', 'ASC']],
      limit: MOST_AT_A_LOOK
    })
    for (const { id } of due) await worker.queue.add('deliver', { deliveryId: id }, { deduplication: { id } })
    return due.length
  }
  const deliver = async (deliveryId: string, isRetry: boolean) => {
    // Somebody asked for it.
    if (isRetry) await db.webhookDeliveries.update({ state: 'pending', attempts: 0, nextAt: new Date(), endedAt: null }, { where: { id: deliveryId, state: 'failed' } })
    const { outcome, error } = await deliverWebhook(deps, deliveryId)
    if (outcome === 'failed') throw new UnrecoverableError(`given up: ${error}`)
    return { outcome, error }
  }
  const lookAround = async () => {
    await forgetOldDeliveries(deps)
    return look()
  }
  const worker = createJobWorker(deps, WEBHOOKS, AT_ONCE, async ({ name, data, attemptsStarted }) => (name === 'look' ? lookAround() : deliver(deliveryIdOf(data), attemptsStarted > 1)))
  const hints = queueClient.duplicate({ lazyConnect: true, enableReadyCheck: false })
  hints.on('error', () => {})
  hints.on('ready', () => void hints.subscribe(CHANNELS.events, CHANNELS.webhooks).catch(() => {}))
  hints.on('message', () => void look().catch((error: Error) => log.warn({ reason: error.message }, 'deliveries to webhooks could not be looked up')))
  return {
    reconcile: async () => void (await worker.queue.upsertJobScheduler('look', { every: LOOK_EVERY_MS }, { name: 'look' })),
    run() {
      worker.run()
      void hints.connect().catch(() => {})
    },
    async stop() {
      hints.disconnect()
      await worker.stop()
    }
  }
}

async function forgetOldDeliveries({ db }: WebhookDeps): Promise<void> {
  await db.sequelize.query(
    `DELETE FROM webhook_deliveries WHERE id IN (
       SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY webhook_id ORDER BY created_at DESC) AS place FROM webhook_deliveries WHERE state <> 'pending') AS ended
       WHERE place > $1)`,
    { bind: [KEPT_DELIVERIES], type: QueryTypes.RAW }
  )
}

function deliveryIdOf(data: unknown): string {
  const { deliveryId } = (data ?? {}) as { deliveryId?: unknown }
  if (typeof deliveryId !== 'string') throw new UnrecoverableError('the job names no delivery')
  return deliveryId
}
