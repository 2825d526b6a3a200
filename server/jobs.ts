import fs from 'node:fs'
import { Queue, Worker } from 'bullmq'
import { createDatabase } from '../db/database.ts'
import { createLog } from './create-log.ts'
import { readEnvOrExit } from './env.ts'
import { redisProblem } from './jobs/check-redis.ts'
import { runHousekeeping } from './jobs/housekeeping.ts'
import { migrateDatabase } from './migrate-database.ts'
import { createProbes } from './jobs/probes/start-probes.ts'
import { createCommandClient, createQueueClient } from './redis-clients.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { whenDatabaseAnswers } from './when-database-answers.ts'

const HOUSEKEEPING = 'housekeeping'
const HOUSEKEEPING_EVERY_MS = 10 * 60_000
/** A Redis that comes back empty gets its schedulers again within this time. */
const RECONCILE_EVERY_MS = 60_000

/** control-jobs: the BullMQ job handlers. Any number may run; each job runs once. */
const env = readEnvOrExit('control-jobs', 'the background jobs of the gateway')
const log = createLog('control-jobs', env.logLevel)
const db = createDatabase({ url: env.databaseUrl, poolSize: 4 })
const queueClient = createQueueClient(env.redisUrl, log)
const workerClient = createQueueClient(env.redisUrl, log)
const probeClient = createQueueClient(env.redisUrl, log)
const redis = createCommandClient(env.redisUrl, log)
const stopping = new AbortController()

const queue = new Queue(HOUSEKEEPING, { connection: queueClient, defaultJobOptions: { removeOnComplete: 100, removeOnFail: 1000 } })
const worker = new Worker(HOUSEKEEPING, async () => runHousekeeping(db, new Date()), { connection: workerClient, autorun: false, concurrency: 1 })
queue.on('error', () => {})
worker.on('error', (error) => log.debug({ reason: error.message }, 'the job handler cannot reach Redis'))
worker.on('completed', (job, result) => log.info({ job: job.name, result }, 'job done'))
worker.on('failed', (job, error) => log.error({ job: job?.name, error }, 'job failed'))

const probes = createProbes({ db, redis, secretsKey: env.secretsKey, probesLocal: env.probesLocal, log, queueClient, workerClient: probeClient })

const reconcile = async () => {
  await probes.reconcile()
  await queue.upsertJobScheduler(HOUSEKEEPING, { every: HOUSEKEEPING_EVERY_MS }, { name: HOUSEKEEPING })
}
const reconcileLogged = () => void reconcile().catch((error: Error) => log.warn({ reason: error.message }, 'job schedules could not be written'))
const timer = setInterval(reconcileLogged, RECONCILE_EVERY_MS)
queueClient.on('ready', reconcileLogged)

stopOnSignal(log, 10_000, async () => {
  stopping.abort()
  clearInterval(timer)
  await probes.stop()
  if (queueClient.status === 'ready') {
    await worker.close()
    await queue.close()
  }
  queueClient.disconnect()
  workerClient.disconnect()
  probeClient.disconnect()
  redis.disconnect()
  await db.sequelize.close()
})

const prepared = await whenDatabaseAnswers(log, stopping.signal, () => migrateDatabase(env.databaseUrl, log))
if (prepared) await serve()

async function serve(): Promise<void> {
  const problem = await redisProblem(queueClient)
  if (problem !== null) {
    fs.writeSync(2, `${problem}\n`)
    process.exit(78)
  }
  await reconcile()
  void worker.run()
  probes.run()
  log.info('control-jobs serves')
  process.send?.('ready')
}
