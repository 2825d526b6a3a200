import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { CHANNELS } from '../../../shared/schema/channels.ts'
import { createJobWorker } from '../job-worker.ts'
import { decodeProbeJob } from './decode-probe-job.ts'
import { DesiredPlans } from './desired-plans.ts'
import { type ProbeDeps, probeUpstream } from './probe-upstream.ts'
import { reconcileProbes } from './reconcile-probes.ts'

const PROBES = 'probes'
/** Upstreams that are probed at one time. */
const AT_ONCE = 8

export interface Probes {
  /** Brings the schedules to what data nodes should serve now. */
  reconcile(): Promise<void>
  run(): void
  stop(): Promise<void>
}

/** The probes of control-jobs. `queueClient` and `workerClient` are for BullMQ; a subscriber of its own hears of publishes. */
export function createProbes(deps: ProbeDeps & { log: Logger; queueClient: Redis; workerClient: Redis }): Probes {
  const { db, log, queueClient } = deps
  const plans = new DesiredPlans(db)
  const worker = createJobWorker(deps, PROBES, AT_ONCE, async ({ data }) => {
    const { upstreamId } = decodeProbeJob(data)
    if (plans.current.size === 0) await plans.refresh()
    return probeUpstream(deps, upstreamId, plans.current.get(upstreamId) ?? [])
  })
  const hints = queueClient.duplicate({ lazyConnect: true, enableReadyCheck: false })
  const reconcile = async (): Promise<void> => {
    const { added, removed } = await reconcileProbes(worker.queue, await plans.refresh())
    if (added + removed > 0) log.info({ added, removed }, 'schedules of health probes changed')
  }
  const reconcileLogged = () => void reconcile().catch((error: Error) => log.warn({ reason: error.message }, 'schedules of health probes could not be written'))
  hints.on('error', () => {})
  hints.on('ready', () => void hints.subscribe(CHANNELS.config).then(reconcileLogged).catch(() => {}))
  hints.on('message', reconcileLogged)
  return {
    reconcile,
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
