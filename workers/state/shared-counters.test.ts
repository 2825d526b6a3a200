import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSharedCounters, InFlightCounts, MAX_ROWS, zeroThreadSlice } from './shared-counters.ts'

test('every thread counts for itself and sees the sum of all', () => {
  const counters = createSharedCounters(2)
  const [first, second] = [new InFlightCounts(counters, 2, 0), new InFlightCounts(counters, 2, 1)]
  first.add(7)
  first.add(7)
  second.add(7)
  second.add(MAX_ROWS - 1)
  assert.deepEqual([first.sum(7), second.sum(7), first.sum(MAX_ROWS - 1), first.sum(0)], [3, 3, 1, 0])
  second.remove(7)
  assert.equal(first.sum(7), 2)
})

test('what a thread had in flight goes with it, and only that', () => {
  const counters = createSharedCounters(2)
  const [first, second] = [new InFlightCounts(counters, 2, 0), new InFlightCounts(counters, 2, 1)]
  first.add(3)
  second.add(3)
  zeroThreadSlice(counters, 2, 0)
  assert.equal(second.sum(3), 1)
})

test('a count never falls below zero', () => {
  const counts = new InFlightCounts(createSharedCounters(1), 1, 0)
  counts.remove(1)
  assert.equal(counts.sum(1), 0)
})
