import type { Job, Queue } from 'bullmq'
import Type from 'typebox'
import { strictObject, timestamp, words } from '../../shared/schema/field.ts'
import { redact } from '../audit/redact.ts'
import { AppError } from '../http/app-error.ts'
import { contains, oneOf } from '../lists/filters.ts'
import { defineList } from '../lists/list.ts'
import { QUEUE_NAMES, type QueueName } from './job-queues.ts'

export const JOB_STATES = ['waiting', 'active', 'delayed', 'failed', 'completed'] as const
/** Jobs of one queue in one state that are read for a list. */
const MOST_JOBS = 1_000
const MOST_REASON = 2_000

const moment = (description: string) => Type.Union([timestamp(), Type.Null()], { description })

export const JobItem = strictObject(
  {
    queue: words([...QUEUE_NAMES], { description: 'The queue it is in.' }),
    id: Type.String({ description: 'Unique in its queue.' }),
    name: Type.String({ description: 'What is to be done.' }),
    state: words([...JOB_STATES], { description: 'Completed and failed ones are kept for a while.' }),
    createdAt: timestamp(),
    dueAt: moment('When a delayed one begins.'),
    startedAt: moment('When the last attempt began.'),
    endedAt: moment('When the last attempt ended.'),
    attempts: Type.Integer({ description: 'Attempts that ended.' }),
    reason: Type.Union([Type.String(), Type.Null()], { description: 'Why the last attempt failed.' }),
    data: Type.Unknown({ description: 'What it was given, redacted.' }),
    result: Type.Unknown({ description: 'What came of it, redacted; null: nothing yet.' })
  },
  { title: 'job' }
)
export type JobItem = Type.Static<typeof JobItem>

export const JOB_LIST = defineList({
  sortable: {
    createdAt: { attribute: 'createdAt', type: 'moment' },
    dueAt: { attribute: 'dueAt', type: 'moment', nullable: true },
    endedAt: { attribute: 'endedAt', type: 'moment', nullable: true },
    queue: { attribute: 'queue', type: 'text' },
    name: { attribute: 'name', type: 'text' }
  },
  sort: '-createdAt',
  unique: { attribute: 'key', type: 'text' },
  filters: { queue: oneOf('queue', QUEUE_NAMES, 'Only those of this queue.'), state: oneOf('state', JOB_STATES, 'Only those in this state.'), q: contains('name') }
})

/** Jobs as the API shows them, `key` unique among all; of each queue and state the newest thousand. */
export async function findJobs(queueOf: (name: QueueName) => Queue, only: { queue?: string; state?: string }): Promise<(JobItem & { key: string })[]> {
  const queues = QUEUE_NAMES.filter((name) => only.queue === undefined || name === only.queue)
  const states = JOB_STATES.filter((state) => only.state === undefined || state === only.state)
  const found = await Promise.all(queues.flatMap((queue) => states.map(async (state) => {
    const jobs = (await queueOf(queue).getJobs([state], 0, MOST_JOBS - 1)) as (Job | undefined)[]
    return jobs.flatMap((job) => (job === undefined ? [] : [{ key: `${queue}/${job.id}`, ...presentJob(queue, job, state) }]))
  })))
  // A job that moves on meanwhile may be found twice.
  return [...new Map(found.flat().map((job) => [job.key, job])).values()]
}

/** @throws AppError not_found */
export function queueNamed(text: string): QueueName {
  const queue = QUEUE_NAMES.find((name) => name === text)
  if (queue === undefined) throw new AppError('not_found', { message: `There is no queue ${text}; there are ${QUEUE_NAMES.join(', ')}.` })
  return queue
}

/** @throws AppError not_found */
export async function findJob(queueOf: (name: QueueName) => Queue, queue: QueueName, id: string): Promise<{ job: Job; state: JobItem['state'] }> {
  const job = (await queueOf(queue).getJob(id)) as Job | undefined
  const state = await job?.getState()
  const known = JOB_STATES.find((name) => name === state)
  if (job === undefined || known === undefined) throw new AppError('not_found', { message: `The queue ${queue} has no job with the id ${id}; jobs that ended are kept for a while only.` })
  return { job, state: known }
}

export function presentJob(queue: QueueName, job: Job, state: JobItem['state']): JobItem {
  const at = (ms: number | undefined) => (ms === undefined || ms === null ? null : new Date(ms).toISOString())
  return {
    queue,
    id: String(job.id),
    name: job.name,
    state,
    createdAt: new Date(job.timestamp).toISOString(),
    dueAt: state === 'delayed' ? at(job.timestamp + (job.delay ?? 0)) : null,
    startedAt: at(job.processedOn),
    endedAt: at(job.finishedOn),
    attempts: job.attemptsMade ?? 0,
    reason: job.failedReason ? job.failedReason.slice(0, MOST_REASON) : null,
    data: redact(job.data),
    result: redact(job.returnvalue)
  }
}
