import fs from 'node:fs'
import { createDatabase } from '../db/database.ts'
import { createLog } from './create-log.ts'
import { readEnvOrExit } from './env.ts'
import { noticeOccurrences } from './events/notice-occurrences.ts'
import { createAcmeJobs } from './jobs/acme/start-acme.ts'
import { redisProblem } from './jobs/check-redis.ts'
import { createHoldJobs } from './jobs/holds/start-holds.ts'
import { runHousekeeping } from './jobs/housekeeping.ts'
import { removeOldAudit } from './jobs/remove-old-audit.ts'
import { createJobWorker } from './jobs/job-worker.ts'
import { migrateDatabase } from './migrate-database.ts'
import { createWebhookJobs } from './jobs/webhooks/start-webhooks.ts'
import { createProbes } from './jobs/probes/start-probes.ts'
import { createCommandClient, createQueueClient } from './redis-clients.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { whenDatabaseAnswers } from './when-database-answers.ts'

const HOUSEKEEPING = 'housekeeping'
const HOUSEKEEPING_EVERY_MS = 10 * 60_000
/** How soon a node is found to be gone, or a certificate to be due. */
const NOTICE = 'notice'
const NOTICE_EVERY_MS = 15_000
/** A Redis that comes back empty gets its schedulers again within this time. */
const RECONCILE_EVERY_MS = 60_000

/** control-jobs: the BullMQ job handlers. Any number may run; each job runs once. */
const env = readEnvOrExit('control-jobs', 'the background jobs of the gateway')
const log = createLog('control-jobs', env.logLevel)
const db = createDatabase({ url: env.databaseUrl, poolSize: 4 })
const queueClient = createQueueClient(env.redisUrl, log)
const workerClient = createQueueClient(env.redisUrl, log)
const probeClient = createQueueClient(env.redisUrl, log)
const acmeClient = createQueueClient(env.redisUrl, log)
const webhookClient = createQueueClient(env.redisUrl, log)
const holdClient = createQueueClient(env.redisUrl, log)
const redis = createCommandClient(env.redisUrl, log)
const stopping = new AbortController()

const housekeeping = createJobWorker({ log, queueClient, workerClient }, HOUSEKEEPING, 1, async ({ name }) => {
  const now = new Date()
  if (name === NOTICE) return noticeOccurrences({ db, redis, log }, now)
  const removed = await runHousekeeping(db, now, env.retention)
  const result = { ...removed, audit: await removeOldAudit({ db, secretsKey: env.secretsKey, log }, now, env.retention.auditDays) }
  log.info({ result }, 'housekeeping done')
  return result
})
const probes = createProbes({ db, redis, secretsKey: env.secretsKey, probesLocal: env.probesLocal, log, queueClient, workerClient: probeClient })
const acme = createAcmeJobs({ db, redis, secretsKey: env.secretsKey, log, settings: env.acme, queueClient, workerClient: acmeClient })
const webhooks = createWebhookJobs({ db, secretsKey: env.secretsKey, webhooksPrivate: env.webhooksPrivate, log, queueClient, workerClient: webhookClient })
const holds = createHoldJobs({ db, redis, log, queueClient, workerClient: holdClient })

const reconcile = async () => {
  await holds.reconcile()
  await probes.reconcile()
  await acme.reconcile()
  await webhooks.reconcile()
  await housekeeping.queue.upsertJobScheduler(HOUSEKEEPING, { every: HOUSEKEEPING_EVERY_MS }, { name: HOUSEKEEPING })
  await housekeeping.queue.upsertJobScheduler(NOTICE, { every: NOTICE_EVERY_MS }, { name: NOTICE })
}
const reconcileLogged = () => void reconcile().catch((error: Error) => log.warn({ reason: error.message }, 'job schedules could not be written'))
const timer = setInterval(reconcileLogged, RECONCILE_EVERY_MS)
queueClient.on('ready', reconcileLogged)

stopOnSignal(log, 10_000, async () => {
  stopping.abort()
  clearInterval(timer)
  await Promise.all([holds.stop(), probes.stop(), acme.stop(), webhooks.stop(), housekeeping.stop()])
  queueClient.disconnect()
  workerClient.disconnect()
  probeClient.disconnect()
  acmeClient.disconnect()
  webhookClient.disconnect()
  holdClient.disconnect()
  redis.disconnect()
  await db.sequelize.close()
})

const prepared = await whenDatabaseAnswers(log, stopping.signal, () => migrateDatabase(env.databaseUrl, log))
if (prepared) {
  await serve().catch((error: Error) => {
    // A stop cuts off what still waits for Redis.
    if (!stopping.signal.aborted) throw error
  })
}

async function serve(): Promise<void> {
  // Before anything that waits for Redis: a publish goes back without it, too.
  holds.run()
  const problem = await redisProblem(queueClient)
  if (problem !== null) {
    fs.writeSync(2, `${problem}\n`)
    process.exit(78)
  }
  await reconcile()
  housekeeping.run()
  probes.run()
  acme.run()
  webhooks.run()
  log.info('control-jobs serves')
  process.send?.('ready')
}
