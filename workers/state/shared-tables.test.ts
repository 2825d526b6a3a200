import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientCounts } from './client-counts.ts'
import { ListenerRow } from './listener-row.ts'
import { createSharedMemory, forgetThreadIn } from './shared-memory.ts'
import { SlotBook } from './slot-book.ts'
import { TargetRow } from './target-row.ts'
import { UpstreamRow } from './upstream-row.ts'

const memory = createSharedMemory(2)
const target = (row: number) => [0, 1].map((thread) => new TargetRow(memory.targets, 2, thread, row)) as [TargetRow, TargetRow]

test('every thread counts for itself and sees the sum; what a thread had goes with it', () => {
  const [first, second] = target(7)
  first.enter()
  first.enter()
  second.enter()
  assert.ok(first.reserveConnection(0) && second.reserveConnection(0))
  assert.deepEqual([first.inFlight, second.inFlight, first.connections], [3, 3, 2])
  forgetThreadIn(memory, 0)
  assert.deepEqual([second.inFlight, second.connections], [1, 1])
  first.leave()
  first.releaseConnection()
  assert.deepEqual([second.inFlight, second.connections], [1, 1], 'nothing falls below zero')
})

test('connections and places in the queue are limited for the node', () => {
  const [first, second] = target(8)
  assert.deepEqual([first.reserveConnection(2), second.reserveConnection(2), first.reserveConnection(2)], [true, true, false])
  second.releaseConnection()
  assert.equal(first.reserveConnection(2), true)
  assert.deepEqual([first.startWaiting(1), second.startWaiting(1)], [true, false])
  first.stopWaiting()
  assert.equal(second.startWaiting(1), true)
})

test('one thread ejects, all see it; one lets the target back in', () => {
  const [first, second] = target(9)
  assert.deepEqual([first.eject(10, 20), second.eject(10, 30)], [true, false])
  assert.deepEqual([second.ejectedUntil, second.ejectedAt], [20, 10])
  assert.deepEqual([second.readmit(20), first.readmit(20)], [true, false])
  assert.deepEqual([first.ejectedUntil, first.returnedAt], [0, 20])
})

test('the retry budget is the node\'s, and forgets what is older than ten seconds', () => {
  const [first, second] = [0, 1].map((thread) => new UpstreamRow(memory.upstreams, 2, thread, 3)) as [UpstreamRow, UpstreamRow]
  for (let count = 0; count < 20; count++) (count % 2 === 0 ? first : second).countRequest(5_000)
  assert.deepEqual([first.takeRetry(5_000, 10, 0), second.takeRetry(5_000, 10, 0), first.takeRetry(5_000, 10, 0)], [true, true, false])
  assert.equal(first.takeRetry(5_500, 10, 3), true, 'a few each second are always allowed')
  assert.equal(first.takeRetry(5_900, 10, 3), false)
  assert.equal(second.takeRetry(16_000, 10, 0), false, 'the requests are too old to count')
})

test('turns go round over all threads; the lock keeps others out and gives up on who died with it', () => {
  const [first, second] = [0, 1].map((thread) => new UpstreamRow(memory.upstreams, 2, thread, 4)) as [UpstreamRow, UpstreamRow]
  assert.deepEqual([first.nextTurn(), second.nextTurn(), first.nextTurn()], [0, 1, 2])
  first.lock()
  second.lock()
  second.unlock()
})

test('connections of a listener are those of the node', () => {
  const [first, second] = [0, 1].map((thread) => new ListenerRow(memory.listeners, 2, thread, 1)) as [ListenerRow, ListenerRow]
  first.open()
  second.open()
  assert.equal(first.connections, 2)
  second.close()
  second.close()
  assert.equal(first.connections, 1)
})

test('connections of a client are never counted too low, and a thread takes its own along', () => {
  const [first, second] = [0, 1].map((thread) => new ClientCounts(memory.clients, 2, thread, 12345)) as [ClientCounts, ClientCounts]
  for (let index = 0; index < 5_000; index++) (index % 2 === 0 ? first : second).open(`10.0.${index >> 8}.${index & 255}`)
  let tooHigh = 0
  for (let index = 0; index < 5_000; index++) {
    const count = first.count(`10.0.${index >> 8}.${index & 255}`)
    assert.ok(count >= 1)
    if (count > 1) tooHigh++
  }
  assert.ok(tooHigh < 100, `${tooHigh} of 5000 are counted too high`)
  forgetThreadIn(memory, 1)
  for (let index = 0; index < 5_000; index += 2) first.close(`10.0.${index >> 8}.${index & 255}`)
  assert.equal(first.count('10.0.0.0'), 0)
})

test('a slot stays with its key, rests before another one gets it, and is told then', () => {
  let now = 0
  const cleared: number[] = []
  const book = new SlotBook(2, () => now)
  const take = (key: string): number | null => book.take(key, (slot) => void cleared.push(slot))
  assert.deepEqual([take('a'), take('b'), take('a'), take('c')], [0, 1, 0, null])
  book.keepOnly(new Set(['b']))
  assert.equal(take('c'), null)
  now = 11 * 60_000
  assert.deepEqual([take('c'), cleared], [0, [0]])
})
