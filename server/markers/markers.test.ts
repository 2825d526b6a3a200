import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { BUCKETS } from '../../shared/traffic/latency-bounds.ts'
import { runHousekeeping } from '../jobs/housekeeping.ts'
import { DEFAULT_RETENTION } from '../retention.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, patched, publishDraft } from '../testing/drafts.ts'
import { enrolNode } from '../testing/node.ts'

const MINUTE_MS = 60_000
const STARTED = new Date('2026-01-31T00:00:00.000Z')
/** Half past the minute. */
const PUBLISHED = new Date('2026-01-31T12:00:30.000Z')

let plane: ControlPlane

before(async () => {
  plane = await startControlPlane()
  for (const id of ['a', 'b', 'c']) await enrolNode(plane, id)
  const { upstreamId } = await createSmallDraft(plane.as.editor)
  await publishDraft(plane.as.publisher, { note: 'first' })
  await patched(plane.as.editor, `/upstreams/${upstreamId}`, { description: 'second' })
  await publishDraft(plane.as.publisher, { note: 'second' })
  await plane.as.admin('POST', '/config/rollback', { revision: 1, note: 'back' })
})

after(() => plane.stop())

const minute = (offset: number) => new Date(Math.floor(PUBLISHED.getTime() / MINUTE_MS) * MINUTE_MS + offset * MINUTE_MS)
const durations = (counts: Record<number, number>) => Array.from({ length: BUCKETS }, (_, bucket) => counts[bucket] ?? 0)

/** As node-side counts go: since a start, in the order of the minutes. */
async function sample(nodeId: string, offset: number, requests: number, errors: number, slow = 0, startedAt = STARTED): Promise<void> {
  await plane.db.nodeMinutes.create({ nodeId, at: minute(offset), startedAt, revision: 1, requests, errors, durations: durations({ 0: requests - slow, 8: slow }) })
}

/** Revisions of the time in which the samples are; snapshots are immutable, so they are made there. */
async function publishedThen(revision: number): Promise<void> {
  const { epoch } = (await plane.as.viewer('GET', '/snapshots/1')).body
  await plane.db.snapshots.create({ epoch, revision, schemaVersion: 1, createdBy: 'someone', createdAt: PUBLISHED, note: 'then', sha256: '0'.repeat(64), content: '{}' })
}

const markers = async (query = '') => (await plane.as.viewer('GET', `/markers${query}`)).body.markers

test('publishes and rollbacks of a day are told, newest first', async () => {
  const items = await markers()
  assert.deepEqual(items.map(({ revision, action, by, note }: any) => [revision, action, by, note]), [
    [3, 'config.rollback', 'token:test admin', 'back'],
    [2, 'config.publish', 'token:test publisher', 'second'],
    [1, 'config.publish', 'token:test publisher', 'first']
  ])
  assert.deepEqual([items[0].before, items[0].after], [null, null])
})

test('with requests, error rate and latency of all nodes on either side', async () => {
  await publishedThen(101)
  for (let offset = -3; offset <= 3; offset++) {
    // A hundred a minute on each, one in ten wrong and slow from the publish on.
    const served = 1_000 + offset * 100
    const wrong = Math.max(0, offset) * 10
    await sample('a', offset, served, wrong, wrong)
    await sample('b', offset, served, wrong, wrong)
  }
  const [{ revision, before: earlier, after: later }] = await markers('?from=2026-01-31T00:00:00.000Z&to=2026-02-01T00:00:00.000Z&minutes=2')
  assert.equal(revision, 101)
  assert.deepEqual(earlier, { seconds: 120, nodes: 2, requests: 400, requestsPerSecond: 400 / 120, errors: 0, errorRate: 0, p50Ms: 0.5, p99Ms: 0.99 })
  assert.deepEqual([later.seconds, later.requests, later.errors, later.errorRate], [120, 400, 40, 0.1])
  assert.ok(later.p50Ms < 1 && later.p99Ms > 250 && later.p99Ms <= 500, JSON.stringify(later))
})

test('a node that started anew counts from its start, one that was away not at all', async () => {
  const again = new Date('2026-01-31T12:02:10.000Z')
  await sample('c', 1, 5_000, 0)
  await sample('c', 2, 5_010, 0)
  await sample('c', 3, 7, 0, 0, again)
  await sample('c', 4, 27, 20, 0, again)
  const [{ before: earlier, after: later }] = await markers('?from=2026-01-31T00:00:00.000Z&to=2026-02-01T00:00:00.000Z&minutes=3')
  assert.deepEqual([earlier.nodes, later.nodes, later.requests, later.errors], [2, 3, 400 + 10 + 20, 40 + 20])
})

test('samples are kept as long as one says', async () => {
  const now = new Date(minute(0).getTime() + 8 * 24 * 3600_000)
  const count = await plane.db.nodeMinutes.count()
  assert.equal((await runHousekeeping(plane.db, now, { ...DEFAULT_RETENTION, trafficDays: 9 })).minutes, 0)
  assert.equal((await runHousekeeping(plane.db, now)).minutes, count)
})

test('a wrong time is refused', async () => {
  for (const query of ['?from=yesterday', '?from=2026-02-01T00:00:00.000Z&to=2026-01-01T00:00:00.000Z', '?minutes=0', '?minutes=61']) {
    assert.equal((await plane.as.viewer('GET', `/markers${query}`)).status, 400, query)
  }
})
