import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { EventDeps } from '../../events/emit-event.ts'
import { settleHold } from '../../publishing/holds/settle-hold.ts'
import { createJobWorker } from '../job-worker.ts'

const HOLDS = 'holds'
const EVERY_MS = 2_000
/** Nothing ran here for so long: Redis is away, or came back without the schedule. */
const OVERDUE_MS = 10_000

export interface HoldJobs {
  /** Writes the schedule into Redis. */
  reconcile(): Promise<void>
  run(): void
  stop(): Promise<void>
}

/**
 * Decides about the publish that is held: one job for all processes, every 2 s. A publish has to go back also while Redis
 * is away, so whoever finds that no job came does without: the handler may run any number of times.
 */
export function createHoldJobs(deps: EventDeps & { log: Logger; queueClient: Redis; workerClient: Redis }): HoldJobs {
  const { log } = deps
  let ranAt = performance.now()
  let isRunning = false
  const settle = async () => {
    ranAt = performance.now()
    if (isRunning) return 'busy'
    isRunning = true
    try {
      const settled = await settleHold(deps, new Date())
      if (settled === 'promoted' || settled === 'rolled back') log.info({ settled }, 'a publish that was held is decided')
      return settled
    } finally {
      isRunning = false
    }
  }
  const { queue, run, stop } = createJobWorker(deps, HOLDS, 1, settle)
  let timer: NodeJS.Timeout | undefined
  return {
    async reconcile() {
      await queue.upsertJobScheduler(HOLDS, { every: EVERY_MS }, { name: HOLDS, opts: { removeOnComplete: 10, removeOnFail: 100 } })
    },
    run() {
      run()
      timer = setInterval(() => {
        if (performance.now() - ranAt < OVERDUE_MS) return
        settle().catch((error: Error) => log.warn({ reason: error.message }, 'the publish that is held could not be looked at'))
      }, EVERY_MS)
    },
    async stop() {
      clearInterval(timer)
      await stop()
    }
  }
}
