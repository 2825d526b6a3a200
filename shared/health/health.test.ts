import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Probe, TargetHealth } from '../schema/target-health.ts'
import { upstreamOf } from '../testing/content.ts'
import { isExpectedStatus } from './expected-status.ts'
import { nextHealth } from './next-health.ts'
import { probePlans } from './probe-plan.ts'

const upstream = (active: object = {}, more: object = {}) => upstreamOf({ targets: [{ id: 'a', address: 'http://10.0.0.1:80', healthUrl: 'http://10.0.0.1:81/x' }, { id: 'b', address: 'http://10.0.0.2', enabled: false }], healthCheck: { active: { enabled: true, intervalSeconds: 10, unhealthyAfter: 2, healthyAfter: 2, ...active } }, ...more })
const probe = (at: number, ok: boolean, given: Partial<Probe> = {}): Probe => ({ at, ok, status: ok ? 200 : 500, error: '', ms: 1, ...given })

function states(outcomes: [at: number, ok: boolean][], active: object = {}): string[] {
  const [plan] = probePlans(upstream(active))
  let health: TargetHealth | null = null
  return outcomes.map(([at, ok]) => (health = nextHealth(health, plan!, probe(at, ok))).state)
}

describe('a target', () => {
  test('is unknown until as many probes in a row as the check says', () => {
    assert.deepEqual(states([[0, true], [1, true], [2, false], [3, true], [4, false], [5, false], [6, true], [7, false], [8, true], [9, true]]), ['unknown', 'healthy', 'healthy', 'healthy', 'healthy', 'unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'healthy'])
  })

  test('begins anew after three intervals without a probe', () => {
    assert.deepEqual(states([[0, false], [1, false], [30_001, false], [60_001, false]]), ['unknown', 'unhealthy', 'unhealthy', 'unhealthy'])
    assert.deepEqual(states([[0, false], [1, false], [30_002, false]]), ['unknown', 'unhealthy', 'unknown'])
  })

  test('tells since when and why, and remembers the last probes', () => {
    const [plan] = probePlans(upstream())
    let health = nextHealth(null, plan!, probe(1_000, false, { status: 0, error: 'connect ECONNREFUSED' }))
    assert.deepEqual([health.since, health.reason, health.validMs], ['1970-01-01T00:00:01.000Z', 'the probe failed: connect ECONNREFUSED', 30_000])
    for (let count = 2; count <= 30; count++) health = nextHealth(health, plan!, probe(count * 1_000, false))
    assert.deepEqual([health.since, health.reason, health.history.length, health.history[0]?.at], ['1970-01-01T00:00:02.000Z', '30 probes failed in a row, the last one: status 500', 20, 30_000])
  })

  test('with another address or check is another one', () => {
    const [first] = probePlans(upstream())
    const health = nextHealth(null, first!, probe(0, false))
    const [changed] = probePlans(upstream({ path: '/other' }))
    assert.notEqual(changed!.check, first!.check)
    const next = nextHealth(health, changed!, probe(1, false))
    assert.deepEqual([next.failures, next.history.length], [1, 1])
  })
})

test('only enabled targets of an enabled check are probed', () => {
  assert.deepEqual(probePlans(upstream()).map(({ targetId, url, host }) => [targetId, url, host]), [['a', 'http://10.0.0.1:81/x', '']])
  assert.deepEqual([probePlans(upstream({ enabled: false })), probePlans(upstream({}, { enabled: false }))], [[], []])
})

test('expected statuses are single ones and ranges', () => {
  assert.deepEqual([200, 250, 299, 404].map((status) => isExpectedStatus('200-299,404', status)), [true, true, true, true])
  assert.deepEqual([199, 300, 403, 405].map((status) => isExpectedStatus('200-299,404', status)), [false, false, false, false])
})
