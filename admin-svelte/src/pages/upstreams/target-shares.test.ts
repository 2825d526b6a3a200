import assert from 'node:assert/strict'
import { test } from 'node:test'
import { targetShares } from './target-shares.ts'

const load = (nodeId: string, targetId: string, succeeded: number, more: object = {}) => ({ nodeId, targetId, succeeded, failed: 0, inFlight: 1, isAvailable: true, ...more })

test('the share of a target is what it got since the last look, on all nodes', () => {
  const before = [load('n1', 'a', 100), load('n1', 'b', 500), load('n2', 'a', 50), load('n2', 'b', 0)]
  const now = [load('n1', 'a', 110), load('n1', 'b', 520), load('n2', 'a', 60, { failed: 10 }), load('n2', 'b', 30, { isAvailable: false, inFlight: 4 })]
  assert.deepEqual([...targetShares(before, now)], [
    ['a', { inFlight: 2, share: 30 / 80, closedOn: [] }],
    ['b', { inFlight: 5, share: 50 / 80, closedOn: ['n2'] }]
  ])
})

test('before anything is counted there is no share; a node that began anew counts from nothing', () => {
  assert.deepEqual([...targetShares([], [load('n1', 'a', 0)])], [['a', { inFlight: 1, share: null, closedOn: [] }]])
  assert.deepEqual(targetShares([load('n1', 'a', 900), load('n1', 'b', 900)], [load('n1', 'a', 3), load('n1', 'b', 901)]).get('a')?.share, 3 / 4)
  assert.deepEqual(targetShares([], []).size, 0)
})
