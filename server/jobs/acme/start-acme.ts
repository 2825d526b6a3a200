import type { Redis } from 'ioredis'
import { askRenewals } from '../../acme/ask-renewals.ts'
import type { AcmeDeps } from '../../acme/acme-deps.ts'
import { orderCertificate } from '../../acme/order-certificate.ts'
import { prepareNames } from '../../acme/prepare-names.ts'
import { CHANNELS } from '../../../shared/schema/channels.ts'
import { createJobWorker } from '../job-worker.ts'

const ACME = 'acme'
const LOOK_EVERY_MS = 60_000

export interface AcmeJobs {
  /** Orders what is due, and writes the schedule anew where Redis lost it. */
  reconcile(): Promise<void>
  run(): void
  stop(): Promise<void>
}

/** The certificates of control-jobs: one look a minute, and after each publish, for names that are due; one job for each. */
export function createAcmeJobs(deps: AcmeDeps & { queueClient: Redis; workerClient: Redis }): AcmeJobs {
  const { log, queueClient } = deps
  const look = async (): Promise<number> => {
    const due = await prepareNames(deps, new Date())
    for (const name of due) await worker.queue.add('order', { name }, { deduplication: { id: name } })
    return due.length
  }
  const lookAround = async (): Promise<number> => {
    await askRenewals(deps, new Date())
    return look()
  }
  const order = async (name: string) => {
    const outcome = await orderCertificate(deps, name)
    log.info({ name, outcome }, 'a certificate was ordered')
    return outcome
  }
  const worker = createJobWorker(deps, ACME, 1, async ({ name, data }) => (name === 'look' ? lookAround() : order(nameOf(data))))
  const hints = queueClient.duplicate({ lazyConnect: true, enableReadyCheck: false })
  const lookSoon = () => void look().catch((error: Error) => log.warn({ reason: error.message }, 'names for certificates could not be looked up'))
  hints.on('error', () => {})
  hints.on('ready', () => void hints.subscribe(CHANNELS.config, CHANNELS.acme).catch(() => {}))
  // Also told of certificates; only a publish brings names.
  hints.on('message', (channel: string, text: string) => (channel === CHANNELS.acme || text.includes('revision')) && lookSoon())
  return {
    async reconcile() {
      if (deps.settings === null) return
      await worker.queue.upsertJobScheduler('look', { every: LOOK_EVERY_MS }, { name: 'look' })
      await look()
    },
    run() {
      if (deps.settings === null) return
      worker.run()
      void hints.connect().catch(() => {})
    },
    async stop() {
      hints.disconnect()
      await worker.stop()
    }
  }
}

function nameOf(data: unknown): string {
  const { name } = (data ?? {}) as { name?: unknown }
  if (typeof name !== 'string') throw new Error('the job names no name')
  return name
}
