import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BOUNDS_MS, BUCKETS } from './latency-bounds.ts'
import { quantileOf } from './quantile.ts'
import { addServed, nothingServed, servedBetween } from './served.ts'

const histogram = (counts: Record<number, number>) => Array.from({ length: BUCKETS }, (_, bucket) => counts[bucket] ?? 0)

test('of nothing there is no quantile', () => {
  assert.equal(quantileOf(histogram({}), 0.99), null)
})

test('a quantile lies in the bucket that its rank falls into, spread evenly', () => {
  assert.deepEqual(quantileOf(histogram({ 0: 99, 5: 1 }), 0.99), { atLeast: 0, atMost: 1, estimate: 1 })
  assert.deepEqual(quantileOf(histogram({ 0: 98, 5: 2 }), 0.99), { atLeast: 25, atMost: 50, estimate: 37.5 })
  assert.deepEqual(quantileOf(histogram({ 0: 50, 2: 100 }), 0.5), { atLeast: 2.5, atMost: 5, estimate: 3.125 })
})

test('of the longest bucket only its beginning is known', () => {
  const longest = BOUNDS_MS.at(-1)!
  assert.deepEqual(quantileOf(histogram({ [BUCKETS - 1]: 1 }), 0.99), { atLeast: longest, atMost: Infinity, estimate: longest })
})

test('what was served is added and subtracted part by part, and never less than nothing', () => {
  const one = { requests: 5, errors: 1, durations: histogram({ 0: 5 }) }
  const two = { requests: 7, errors: 3, durations: histogram({ 0: 4, 3: 3 }) }
  assert.deepEqual(addServed(one, two), { requests: 12, errors: 4, durations: histogram({ 0: 9, 3: 3 }) })
  assert.deepEqual(servedBetween(one, two), { requests: 2, errors: 2, durations: histogram({ 3: 3 }) })
  assert.deepEqual(addServed(nothingServed(), { ...one, durations: [5] }), one)
})
