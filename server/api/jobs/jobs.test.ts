import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type RedisServer, startRedis } from '../../../scripts/services/redis.ts'
import { waitUntil } from '../../../scripts/services/wait-until.ts'
import { createJobWorker, type JobWorker } from '../../jobs/job-worker.ts'
import { createQueueClient } from '../../redis-clients.ts'
import { type ControlPlane, startControlPlane } from '../../testing/control-plane.ts'
import { created } from '../../testing/drafts.ts'

let redis: RedisServer
let plane: ControlPlane
let worker: JobWorker
let works = false
const clients: ReturnType<typeof createQueueClient>[] = []

before(async () => {
  redis = await startRedis()
  plane = await startControlPlane({ redisUrl: redis.url })
  clients.push(createQueueClient(redis.url, plane.deps.log), createQueueClient(redis.url, plane.deps.log))
  worker = createJobWorker({ log: plane.deps.log, queueClient: clients[0]!, workerClient: clients[1]! }, 'housekeeping', 1, async () => {
    if (!works) throw new Error('the disk is full')
    return { done: true }
  })
  worker.run()
})

after(async () => {
  await worker.stop()
  for (const client of clients) client.disconnect()
  await plane.stop()
  await redis.stop()
})

const jobs = async (query: string): Promise<any[]> => (await plane.as.viewer('GET', `/jobs?${query}`)).body.items
const path = ({ queue, id }: { queue: string; id: string }) => `/jobs/${queue}/${encodeURIComponent(id)}`

describe('jobs', () => {
  test('that failed are listed with the reason and without secrets, and are done again when asked', async () => {
    await worker.queue.add('clean', { name: 'x', apiToken: 'geheim' })
    await waitUntil(async () => (await jobs('state=failed')).length === 1, { ms: 10_000, what: 'the failure' })
    const [failed] = await jobs('state=failed&queue=housekeeping&q=CLEAN')
    assert.deepEqual([failed.name, failed.reason, failed.attempts, failed.data], ['clean', 'the disk is full', 1, { name: 'x', apiToken: '[redacted]' }])
    works = true
    assert.equal((await plane.as.editor('POST', `${path(failed)}/retry`)).status, 403)
    assert.equal((await plane.as.publisher('POST', `${path(failed)}/retry`)).status, 202)
    await waitUntil(async () => (await plane.as.viewer('GET', path(failed))).body.state === 'completed', { ms: 10_000, what: 'the second attempt' })
    assert.deepEqual((await plane.as.viewer('GET', path(failed))).body.result, { done: true })
    assert.equal((await plane.as.publisher('POST', `${path(failed)}/retry`)).status, 409)
    const [row] = (await plane.as.viewer('GET', '/audit?action=jobs.retry')).body.items
    assert.equal(row.resourceId, `housekeeping/${failed.id}`)
  })

  test('that failed can be removed', async () => {
    works = false
    await worker.queue.add('clean', {})
    await waitUntil(async () => (await jobs('state=failed')).length === 1, { ms: 10_000, what: 'the failure' })
    const [failed] = await jobs('state=failed')
    assert.equal((await plane.as.publisher('POST', `${path(failed)}/remove`)).status, 204)
    assert.equal((await plane.as.viewer('GET', path(failed))).status, 404)
  })

  test('are read page by page, with their schedules and counts', async () => {
    for (let count = 0; count < 7; count++) await worker.queue.add('later', { count }, { delay: 600_000 + count })
    const seen: string[] = []
    for (let cursor = ''; ;) {
      const { body } = await plane.as.viewer('GET', `/jobs?state=delayed&limit=3&sort=dueAt${cursor}`)
      seen.push(...body.items.map(({ data }: any) => data.count))
      if (body.nextCursor === null) break
      cursor = `&cursor=${body.nextCursor}`
    }
    assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6])
    await worker.queue.upsertJobScheduler('hourly', { every: 3_600_000 }, { name: 'clean' })
    const [scheduler] = (await plane.as.viewer('GET', '/job-schedulers')).body.items
    assert.deepEqual([scheduler.queue, scheduler.key, scheduler.everyMs], ['housekeeping', 'hourly', 3_600_000])
    const queues = (await plane.as.viewer('GET', '/job-queues')).body.queues
    const { counts, schedulers } = queues.find(({ name }: any) => name === 'housekeeping')
    assert.ok(counts.delayed >= 7 && schedulers === 1)
  })

  test('are in the metrics, and renewals that nobody works on', async () => {
    const { id } = await created(plane.as.publisher, '/self-signed-certificates', { name: 'renewed', domains: ['renewed.example'], days: 30 })
    await plane.db.acmeNames.create({ name: 'renewed.example', certificateId: id, status: 'issued', nextAt: new Date(Date.now() - 600_000), updatedAt: new Date() })
    const token = (await created(plane.as.admin, '/tokens', { name: 'metrics', role: 'viewer' })).token
    const read = async () => (await fetch(`${plane.origin}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text()
    const text = await read()
    assert.match(text, /gateway_jobs\{queue="housekeeping",state="delayed"\} [78]/)
    assert.match(text, /gateway_renewals_without_job 1/)
    assert.match(text, /gateway_redis_up 1/)
  })
})

test('without Redis it is said that it is away', async () => {
  const away = await startControlPlane()
  try {
    for (const target of ['/jobs', '/jobs/acme/1', '/job-queues', '/job-schedulers']) {
      const { status, body } = await away.as.viewer('GET', target)
      assert.deepEqual([status, body.error.code], [503, 'redis_unavailable'], target)
    }
  } finally {
    await away.stop()
  }
})
