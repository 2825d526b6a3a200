import { Op } from 'sequelize'
import type { Deps } from '../deps.ts'
import { askQueues, QUEUE_NAMES, type QueueName } from './job-queues.ts'
import { JOB_STATES } from './find-jobs.ts'

/** A renewal that is due gets its job within a minute; one that has none after this time is forgotten. */
const FORGOTTEN_MS = 3 * 60_000

export interface QueueCounts {
  name: QueueName
  counts: Record<(typeof JOB_STATES)[number], number>
  /** Schedules that make jobs again and again. */
  schedulers: number
}

/** How many jobs there are, by queue and state. @throws AppError redis_unavailable */
export async function countJobs(deps: Pick<Deps, 'redis'>): Promise<QueueCounts[]> {
  return askQueues(deps.redis, (queueOf) => Promise.all(QUEUE_NAMES.map(async (name): Promise<QueueCounts> => {
    const [counted, schedulers] = await Promise.all([queueOf(name).getJobCounts(...JOB_STATES), queueOf(name).getJobSchedulersCount()])
    return { name, counts: Object.fromEntries(JOB_STATES.map((state) => [state, counted[state] ?? 0])) as QueueCounts['counts'], schedulers }
  })))
}

/** Names whose certificates should be renewed by now, and for which no job is there. While Redis is away no job is known of. */
export async function renewalsWithoutJob({ db, redis }: Pick<Deps, 'db' | 'redis'>, now: Date): Promise<number> {
  const due = await db.acmeNames.findAll({ where: { nextAt: { [Op.lt]: new Date(now.getTime() - FORGOTTEN_MS) }, lockedUntil: { [Op.or]: [null, { [Op.lt]: now }] } }, attributes: ['name'] })
  if (due.length === 0) return 0
  const jobs = await askQueues(redis, (queueOf) => queueOf('acme').getJobs(['waiting', 'active', 'delayed'], 0, 5_000)).catch(() => [])
  const named = new Set(jobs.map((job) => (job?.data as { name?: string } | undefined)?.name))
  return due.filter(({ name }) => !named.has(name)).length
}
