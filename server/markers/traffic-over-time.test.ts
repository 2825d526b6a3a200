import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { BUCKETS } from '../../shared/traffic/latency-bounds.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { enrolNode } from '../testing/node.ts'
import { trafficOverTime } from './traffic-over-time.ts'

const NOW = new Date('2026-01-31T12:10:30.000Z')

let plane: ControlPlane

before(async () => {
  plane = await startControlPlane()
  await enrolNode(plane, 'a')
  for (let minute = 5; minute <= 10; minute++) {
    await plane.db.nodeMinutes.create({ nodeId: 'a', at: new Date(`2026-01-31T12:${String(minute).padStart(2, '0')}:00.000Z`), startedAt: new Date('2026-01-31T00:00:00.000Z'), revision: 1, requests: minute * 60, errors: minute > 8 ? minute : 0, durations: Array.from({ length: BUCKETS }, (_, bucket) => (bucket === 0 ? minute * 60 : 0)) })
  }
})

after(() => plane.stop())

test('each whole minute has its own traffic; those without samples have none', async () => {
  const points = await trafficOverTime(plane.db, NOW, 7)
  assert.deepEqual(points.map(({ at, traffic }) => [at.slice(11, 16), traffic?.requestsPerSecond ?? null]), [['12:03', null], ['12:04', null], ['12:05', 1], ['12:06', 1], ['12:07', 1], ['12:08', 1], ['12:09', 1]])
  assert.deepEqual(points.map(({ traffic }) => traffic?.errors ?? null).slice(-2), [9, 1])
})

test('a long time comes in at most 120 parts, and over the API', async () => {
  assert.ok((await trafficOverTime(plane.db, NOW, 9_999)).length <= 120)
  const { status, body } = await plane.as.viewer('GET', '/traffic?minutes=30')
  assert.deepEqual([status, body.points.length], [200, 30])
  assert.equal((await plane.as.viewer('GET', '/traffic?minutes=0')).status, 400)
})
