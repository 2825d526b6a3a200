import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { checkHash } from '../../shared/health/check-hash.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import type { HealthNews } from '../../shared/schema/target-health.ts'
import { contentOf, testId } from '../../shared/testing/content.ts'
import { decodeHealthNews, decodeTargetHealth } from '../control/decode-health.ts'
import { NodeSlots } from '../state/node-slots.ts'
import { createSharedMemory, type SharedMemory } from '../state/shared-memory.ts'
import { Signals } from '../state/signals.ts'
import { TargetRow, TICK_MS } from '../state/target-row.ts'
import type { TargetEvent } from '../target-event.ts'
import { AvailableTargets } from './available-targets.ts'
import { HealthBook } from './health-book.ts'
import { ProbedTargets } from './probed-targets.ts'

let memory: SharedMemory
let slots: NodeSlots
let probed: ProbedTargets
let events: TargetEvent[]

beforeEach(() => {
  memory = createSharedMemory(2)
  slots = new NodeSlots(memory)
  events = []
  probed = new ProbedTargets(memory, (event) => events.push(event))
})

const content = (active: object = {}) => contentOf({ upstreams: [{ targets: [{ id: 'a', address: 'http://10.0.0.1' }, { id: 'b', address: 'http://10.0.0.2' }], healthCheck: { active: { enabled: true, ...active } } }] })

function serve(given: SnapshotContent): void {
  probed.serve(given, slots.assign({ epoch: '', revision: 1, schemaVersion: 1, createdBy: '', createdAt: '', note: '', sha256: '', content: given }))
}

function newsOf(given: SnapshotContent, targetId: string, more: Partial<HealthNews> = {}): HealthNews {
  const [upstream] = given.upstreams
  const target = upstream!.targets.find(({ id }) => id === targetId)!
  return { upstreamId: testId(1), targetId, check: checkHash(upstream!, target), state: 'unhealthy', since: '2026-01-01T00:00:00.000Z', reason: 'status 500', at: Date.now(), validMs: 60_000, ...more }
}

const nodeNow = () => Number(process.hrtime.bigint() - memory.clockStart) / 1e6

/** What a thread uses, `later` milliseconds from now. */
function available(panics = false, later = 0): string {
  const targets = ['a', 'b'].map((id, index) => ({ id, row: new TargetRow(memory.targets, 2, 1, index) }))
  return new AvailableTargets(targets, panics, new Signals(memory.signals), () => {}).list(nodeNow() + later).map(({ id }) => id).join()
}

test('a target is out as long as what probes said is believed', () => {
  const given = content()
  serve(given)
  probed.hear([newsOf(given, 'a', { validMs: 30_000 })])
  assert.deepEqual([available(), available(false, 30_000 + 2 * TICK_MS)], ['b', 'a,b'])
  probed.hear([newsOf(given, 'a', { state: 'healthy' })])
  assert.equal(available(), 'a,b')
  assert.deepEqual(events.map(({ kind, targetId, reason }) => [kind, targetId, reason]), [['target_unhealthy', 'a', 'status 500'], ['target_healthy', 'a', 'status 500']])
})

test('all out: all are used, or none', () => {
  const given = content()
  serve(given)
  probed.hear([newsOf(given, 'a'), newsOf(given, 'b')])
  assert.deepEqual([available(true), available(false)], ['a,b', ''])
})

test('threads learn of a change by the number that they look at', () => {
  const given = content()
  serve(given)
  const signals = new Signals(memory.signals)
  const before = signals.healthEpoch
  probed.hear([newsOf(given, 'a')])
  assert.notEqual(signals.healthEpoch, before)
  const after = signals.healthEpoch
  probed.hear([newsOf(given, 'a', { at: Date.now() + 1 })])
  assert.equal(signals.healthEpoch, after, 'the same again changes nothing')
})

test('what was heard before the configuration counts as soon as that is served; of another check it never does', () => {
  const given = content()
  probed.hear([newsOf(given, 'a'), newsOf(given, 'b', { check: '0'.repeat(16) })])
  serve(given)
  assert.equal(available(), 'b')
})

test('another check, or none, begins with unknown', () => {
  const given = content()
  serve(given)
  probed.hear([newsOf(given, 'a')])
  serve(content({ path: '/other' }))
  assert.equal(available(), 'a,b')
  serve(given)
  probed.hear([newsOf(given, 'a')])
  assert.equal(available(), 'b')
  serve(content({ enabled: false }))
  assert.equal(available(), 'a,b')
})

test('the book keeps the newest that is believed', () => {
  let now = 1_000_000
  const book = new HealthBook(() => now)
  const given = content()
  const news = (more: Partial<HealthNews>) => newsOf(given, 'a', { at: now, validMs: 1_000, ...more })
  assert.equal(book.hear([news({})]).length, 1)
  assert.equal(book.hear([news({}), news({ at: now - 1 })]).length, 0, 'known, and older than known')
  assert.equal(book.hear([news({ at: now - 1_000, targetId: 'b' }), news({ at: now + 5_000, targetId: 'b' })]).length, 0, 'too old, and from the future')
  assert.equal(book.list().length, 1)
  now += 1_001
  assert.equal(book.list().length, 0)
})

test('what comes from Redis is checked', () => {
  const news = newsOf(content(), 'a')
  assert.deepEqual(decodeHealthNews(JSON.stringify(news)), news)
  for (const text of ['', 'x', 'null', '{}', JSON.stringify({ ...news, state: 'dead' }), JSON.stringify({ ...news, more: 1 }), JSON.stringify({ ...news, validMs: -1 }), `"${'x'.repeat(20_000)}"`]) assert.equal(decodeHealthNews(text), null, text.slice(0, 40))
  assert.equal(decodeTargetHealth(JSON.stringify(news)), null)
  assert.deepEqual(decodeTargetHealth(JSON.stringify({ ...news, failures: 1, successes: 0, history: [] })), news)
})
