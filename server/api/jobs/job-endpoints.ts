import Type from 'typebox'
import { strictObject, timestamp, words } from '../../../shared/schema/field.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { actorName } from '../../auth/actor.ts'
import { AppError } from '../../http/app-error.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint, type EndpointRequest } from '../../http/endpoint.ts'
import { inTransaction } from '../../in-transaction.ts'
import { findJob, findJobs, JOB_LIST, JOB_STATES, JobItem, presentJob, queueNamed } from '../../job-queues/find-jobs.ts'
import { countJobs, renewalsWithoutJob } from '../../job-queues/job-counts.ts'
import { askQueues, QUEUE_NAMES } from '../../job-queues/job-queues.ts'
import { oneOf } from '../../lists/filters.ts'
import { defineList } from '../../lists/list.ts'
import { pageItems } from '../../lists/page-items.ts'

/** Schedules of one queue that are read for a list; there is one for each upstream with health probes. */
const MOST_SCHEDULERS = 10_000

const Scheduler = strictObject({
  queue: words([...QUEUE_NAMES]),
  key: Type.String(),
  name: Type.String({ description: 'Of the jobs that it makes.' }),
  everyMs: Type.Integer(),
  nextAt: Type.Union([timestamp(), Type.Null()])
}, { title: 'job scheduler' })

const SCHEDULER_LIST = defineList({
  sortable: { key: { attribute: 'key', type: 'text' }, queue: { attribute: 'queue', type: 'text' }, nextAt: { attribute: 'nextAt', type: 'moment', nullable: true } },
  sort: 'queue,key',
  unique: { attribute: 'key', type: 'text' },
  filters: { queue: oneOf('queue', QUEUE_NAMES, 'Only those of this queue.') }
})

const Queues = strictObject({
  queues: Type.Array(strictObject({ name: words([...QUEUE_NAMES]), counts: strictObject(Object.fromEntries(JOB_STATES.map((state) => [state, Type.Integer()]))), schedulers: Type.Integer() })),
  renewalsWithoutJob: Type.Integer({ description: 'Certificates whose renewal is due and has no job; more than 0 is an alarm.' })
})

const readEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/jobs',
    permission: 'viewer',
    tag: 'jobs',
    summary: 'What control-jobs has to do, does and did; of each queue and state the newest thousand',
    query: JOB_LIST.query,
    answers: { 200: { description: 'A page of jobs.', schema: pageOf(JobItem) } },
    async handle({ deps, query }) {
      const jobs = await askQueues(deps.redis, (queueOf) => findJobs(queueOf, query as { queue?: string; state?: string }))
      const { items, nextCursor } = pageItems(jobs, JOB_LIST, query)
      return { status: 200, body: { items: items.map(({ key: _key, ...job }) => job), nextCursor } }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/jobs/:queue/:id',
    permission: 'viewer',
    tag: 'jobs',
    summary: 'Read a job',
    answers: { 200: { description: 'The job.', schema: JobItem } },
    async handle({ deps, params }) {
      const queue = queueNamed(params['queue'] ?? '')
      return { status: 200, body: await askQueues(deps.redis, async (queueOf) => {
        const { job, state } = await findJob(queueOf, queue, params['id'] ?? '')
        return presentJob(queue, job, state)
      }) }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/job-queues',
    permission: 'viewer',
    tag: 'jobs',
    summary: 'How many jobs there are, by queue and state',
    answers: { 200: { description: 'Every queue.', schema: Queues } },
    handle: async ({ deps }) => ({ status: 200, body: { queues: await countJobs(deps), renewalsWithoutJob: await renewalsWithoutJob(deps, new Date()) } })
  }),
  endpoint({
    method: 'GET',
    path: '/job-schedulers',
    permission: 'viewer',
    tag: 'jobs',
    summary: 'What makes jobs again and again',
    query: SCHEDULER_LIST.query,
    answers: { 200: { description: 'A page of schedulers.', schema: pageOf(Scheduler) } },
    async handle({ deps, query }) {
      const found = await askQueues(deps.redis, (queueOf) => Promise.all(QUEUE_NAMES.map(async (queue) =>
        (await queueOf(queue).getJobSchedulers(0, MOST_SCHEDULERS)).map(({ key, name, every, next }) => ({ queue, key, name, everyMs: Number(every ?? 0), nextAt: next === undefined ? null : new Date(Number(next)).toISOString() }))
      )))
      return { status: 200, body: pageItems(found.flat(), SCHEDULER_LIST, query) }
    }
  })
]

const writeEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/jobs/:queue/:id/retry',
    permission: 'publisher',
    tag: 'jobs',
    summary: 'Do a job again that failed',
    answers: { 202: { description: 'It waits for its turn.', schema: JobItem } },
    audits: 'jobs.retry',
    handle: async (request) => ({ status: 202, body: await changeFailed(request, 'jobs.retry', (job) => job.retry()) })
  }),
  endpoint({
    method: 'POST',
    path: '/jobs/:queue/:id/remove',
    permission: 'publisher',
    tag: 'jobs',
    summary: 'Forget a job that failed',
    answers: { 204: { description: 'It is gone.' } },
    audits: 'jobs.remove',
    async handle(request) {
      await changeFailed(request, 'jobs.remove', (job) => job.remove())
      return { status: 204 }
    }
  })
]

export const jobEndpoints: Endpoint[] = [...readEndpoints, ...writeEndpoints]

type FoundJob = Awaited<ReturnType<typeof findJob>>['job']

/** @throws AppError not_found, conflict for one that did not fail, redis_unavailable */
async function changeFailed({ deps, params, actor, requestId }: Pick<EndpointRequest, 'deps' | 'params' | 'actor' | 'requestId'>, action: string, change: (job: FoundJob) => Promise<void>): Promise<JobItem> {
  const queue = queueNamed(params['queue'] ?? '')
  return askQueues(deps.redis, async (queueOf) => {
    const { job, state } = await findJob(queueOf, queue, params['id'] ?? '')
    if (state !== 'failed') throw new AppError('conflict', { message: `The job is ${state}; only one that failed can be done again or removed.` })
    const before = presentJob(queue, job, state)
    await inTransaction(deps.db, async (transaction) => {
      await appendAudit(deps.db, transaction, { actor: actorName(actor), action, kind: 'jobs', resourceId: `${queue}/${job.id}`, requestId, before })
      await change(job)
    })
    return { ...before, state: 'waiting' }
  })
}
