import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { createSharedMemory, type SharedMemory } from '../state/shared-memory.ts'
import { Signals } from '../state/signals.ts'
import { TargetRow } from '../state/target-row.ts'
import { AvailableTargets } from './available-targets.ts'
import { FailureWindow } from './failure-window.ts'
import { PassiveHealth, type PassivePolicy, type WatchedTarget } from './passive-health.ts'

const THREADS = 2
const COUNT = 4

let memory: SharedMemory
let events: string[]

beforeEach(() => {
  memory = createSharedMemory(THREADS)
  events = []
})

/** What one thread sees of four targets. */
function threadOf(number: number, given: Partial<PassivePolicy>, panics = false) {
  const policy: PassivePolicy = { enabled: true, policy: { policy: 'ConsecutiveFailures', failures: 2 }, count5xx: false, reactivationSeconds: 10, maxEjectedPercent: 50, ...given }
  const targets: WatchedTarget[] = Array.from({ length: COUNT }, (_, index) => {
    const row = new TargetRow(memory.targets, THREADS, number, index)
    return { row, window: new FailureWindow(row.succeeded, row.failed) }
  })
  const signals = new Signals(memory.signals)
  const nameOf = (target: WatchedTarget): number => targets.indexOf(target)
  const health = new PassiveHealth(policy, targets, signals, (target, reason) => void events.push(`${number}: ${nameOf(target)} out, ${reason}`))
  const available = new AvailableTargets(targets, panics, signals, (target) => void events.push(`${number}: ${nameOf(target)} back`))
  const list = (now: number): number[] => available.list(now).map(nameOf)
  return { targets, health, available, list, fail: (index: number, now: number) => health.failed(targets[index]!, 'x', now), succeed: (index: number, now: number) => health.answered(targets[index]!, 200, now) }
}

test('failures on different threads count together, and one of them tells', () => {
  const [one, two] = [threadOf(0, {}), threadOf(1, {})]
  one.fail(0, 1_000)
  two.fail(0, 1_000)
  assert.deepEqual(events, ['1: 0 out, 2 failures in a row, the last one: x'])
  assert.deepEqual([one.list(1_100), two.list(1_100)], [[1, 2, 3], [1, 2, 3]])
})

test('a success on any thread begins the count anew', () => {
  const [one, two] = [threadOf(0, {}), threadOf(1, {})]
  for (let round = 0; round < 5; round++) {
    one.fail(0, 1_000)
    two.succeed(0, 1_000)
  }
  assert.deepEqual(events, [])
})

test('a target comes back on all threads when its time is over; one thread tells', () => {
  const [one, two] = [threadOf(0, {}), threadOf(1, {})]
  one.fail(0, 1_000)
  one.fail(0, 1_000)
  assert.deepEqual(two.list(10_900), [1, 2, 3])
  assert.deepEqual(two.list(11_000), [0, 1, 2, 3])
  assert.deepEqual(one.list(11_000), [0, 1, 2, 3])
  assert.deepEqual(events.slice(1), ['1: 0 back'])
  one.fail(0, 12_000)
  assert.equal(events.length, 2, 'what was before does not count')
})

test('never more than maxEjectedPercent of the node, whichever threads see the failures', () => {
  const threads = [threadOf(0, {}), threadOf(1, {})]
  for (let index = 0; index < COUNT; index++) for (let count = 0; count < 3; count++) threads[index % 2]!.fail(index, 1_000)
  assert.equal(events.length, 2)
  assert.deepEqual(threads[0]!.list(1_100), [2, 3])
})

test('all out: all are used, or none', () => {
  const most = { maxEjectedPercent: 100 }
  const [panicking, strict] = [threadOf(0, most, true), threadOf(1, most)]
  for (let index = 0; index < COUNT; index++) for (let count = 0; count < 2; count++) strict.fail(index, 1_000)
  assert.deepEqual([panicking.list(1_100), strict.list(1_100)], [[0, 1, 2, 3], []])
  assert.deepEqual([panicking.available.isPanicking, panicking.available.ejected], [true, COUNT])
})

const rate = (windowSeconds: number, minRequests: number, share: number): Partial<PassivePolicy> => ({ policy: { policy: 'TransportFailureRate', windowSeconds, minRequests, rate: share } })

test('TransportFailureRate looks back over its window and no further', () => {
  const thread = threadOf(0, rate(10, 4, 0.5))
  for (let now = 0; now <= 5_000; now += 1_000) {
    thread.succeed(0, now)
    thread.health.sweep(now)
  }
  for (let count = 0; count < 5; count++) thread.fail(0, 5_500)
  assert.deepEqual(events, [], '5 of 11')
  thread.fail(0, 5_500)
  assert.deepEqual(events, ['0: 0 out, 6 of 12 requests failed within 10 s, the last one: x'])
})

test('TransportFailureRate forgets what lies behind the window, and what was before an ejection', () => {
  const thread = threadOf(0, { ...rate(10, 4, 0.5), reactivationSeconds: 1 })
  for (let count = 0; count < 3; count++) thread.fail(0, 0)
  for (let now = 0; now <= 30_000; now += 1_000) thread.health.sweep(now)
  thread.fail(0, 30_000)
  assert.deepEqual(events, [], 'one of one')
  for (let count = 0; count < 3; count++) thread.fail(0, 30_000)
  assert.equal(events.length, 1)
  assert.deepEqual(thread.list(31_000), [0, 1, 2, 3])
  for (let count = 0; count < 3; count++) thread.fail(0, 31_100)
  assert.equal(events.length, 2, 'out and back, no more')
  thread.fail(0, 31_200)
  assert.equal(events.length, 3)
})

test('switched off: nothing is taken out', () => {
  const thread = threadOf(0, { enabled: false })
  for (let count = 0; count < 10; count++) thread.fail(0, 1_000)
  assert.deepEqual([events, thread.list(1_000)], [[], [0, 1, 2, 3]])
})
