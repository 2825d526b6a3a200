import { type Job, Queue, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'

/** Jobs that run when the process is told to stop have this long. Who is cut off is run again by another process. */
const JOBS_MS = 5_000
/** What BullMQ has to say to Redis once no job runs. */
const GOODBYE_MS = 1_000

/** A queue of jobs and the one that does them here. */
export interface JobWorker {
  queue: Queue
  run(): void
  stop(): Promise<void>
}

interface JobWorkerDeps {
  log: Logger
  queueClient: Redis
  workerClient: Redis
}

/** `work` does the jobs of queue `name`, `atOnce` of them at one time, from `run` on. */
export function createJobWorker(deps: JobWorkerDeps, name: string, atOnce: number, work: (job: Job) => Promise<unknown>): JobWorker {
  const { log, queueClient, workerClient } = deps
  const queue = new Queue(name, { connection: queueClient, defaultJobOptions: { removeOnComplete: 100, removeOnFail: 1000 } })
  let running = 0
  const counted = async (job: Job): Promise<unknown> => {
    running++
    try {
      return await work(job)
    } finally {
      running--
    }
  }
  const worker = new Worker(name, counted, { connection: workerClient, autorun: false, concurrency: atOnce })
  queue.on('error', () => {})
  worker.on('error', (error) => log.debug({ queue: name, reason: error.message }, 'the job handler cannot reach Redis'))
  worker.on('failed', (job, error) => log.error({ queue: name, job: job?.name, data: job?.data, error }, 'job failed'))
  worker.on('completed', (job, result) => log.debug({ queue: name, job: job.name, result }, 'job done'))
  return {
    queue,
    run: () => void worker.run(),
    async stop() {
      if (queueClient.status !== 'ready') return
      // BullMQ waits for ever for the end of a connection that was about to be made again.
      const closed = worker.close()
      await within(closed, JOBS_MS, () => running === 0)
      await within(closed.then(() => queue.close()), GOODBYE_MS)
    }
  }
}

/** When `promise` is settled, or after `ms`, or `GOODBYE_MS` after nothing is left to wait for. */
async function within(promise: Promise<unknown>, ms: number, isIdle = () => false): Promise<void> {
  const until = Date.now() + ms
  let settled = false
  void promise.then(() => (settled = true), () => (settled = true))
  let idleUntil = Infinity
  while (!settled && Date.now() < Math.min(until, idleUntil)) {
    if (isIdle()) idleUntil = Math.min(idleUntil, Date.now() + GOODBYE_MS)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
