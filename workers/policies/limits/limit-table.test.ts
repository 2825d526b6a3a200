import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createLimitTable, LimitTable } from './limit-table.ts'
import type { LimitTerms, Taken } from './limit-terms.ts'

const bucket = (limit: number, windowMs: number, burst = limit): LimitTerms => ({ isBucket: true, limit, windowMs, burst })
const sliding = (limit: number, windowMs: number): LimitTerms => ({ isBucket: false, limit, windowMs, burst: limit })
const taken: Taken = { isAllowed: true, retryMs: 0 }

function take(table: LimitTable, terms: LimitTerms, now: number, key = 'ip 192.0.2.1', scope = 'policy'): boolean {
  table.take(scope, key, terms, now, taken)
  return taken.isAllowed
}

/** How many of these attempts at one moment succeed. */
const burst = (table: LimitTable, terms: LimitTerms, now: number, attempts: number, key?: string): number => Array.from({ length: attempts }, () => take(table, terms, now, key)).filter(Boolean).length

/** Two views of one table, as two threads have them. */
function twoThreads(): LimitTable[] {
  const shared = createLimitTable()
  return [new LimitTable(shared, 7), new LimitTable(shared, 7)]
}

/** How many of these attempts succeed that the threads make in turn, each at what its clock says. */
const inTurn = (threads: readonly LimitTable[], terms: LimitTerms, clocks: readonly number[], attempts: number): number =>
  Array.from({ length: attempts }, (_, index) => take(threads[index % 2]!, terms, clocks[index % 2]!)).filter(Boolean).length

describe('a token bucket', () => {
  test('lets a burst through, and then as many as flow in', () => {
    const table = new LimitTable(createLimitTable(), 7)
    const terms = bucket(10, 1_000, 3)
    assert.equal(burst(table, terms, 1_000, 10), 3)
    assert.equal(Math.round(taken.retryMs), 100)
    assert.equal(take(table, terms, 1_099), false)
    assert.equal(take(table, terms, 1_101), true)
    assert.equal(burst(table, terms, 60_000, 10), 3, 'never more than the burst')
  })

  test('never lets more through than burst and rate allow, at any moments', () => {
    const table = new LimitTable(createLimitTable(), 7)
    let allowed = 0
    for (let now = 1_000, step = 0; now < 61_000; now += 1 + (step++ * 7919) % 40) if (take(table, bucket(20, 1_000, 5), now)) allowed++
    assert.ok(allowed <= 5 + 20 * 60 + 1 && allowed >= 20 * 59, String(allowed))
  })

  test('goes on with other numbers when the policy changes', () => {
    const table = new LimitTable(createLimitTable(), 7)
    assert.equal(burst(table, bucket(100, 60_000), 1_000, 60), 60)
    assert.equal(burst(table, bucket(10, 60_000), 1_000, 60), 10)
  })

  test('does not give anything for a clock that stands still or goes back', () => {
    const table = new LimitTable(createLimitTable(), 7)
    assert.equal(burst(table, bucket(2, 1_000), 5_000, 5), 2)
    assert.equal(take(table, bucket(2, 1_000), 1_000), false)
    assert.equal(take(table, bucket(2, 1_000), 5_000), false, 'nor for the way forth again')
  })

  for (const [first, second] of [[10_000, 9_910], [9_910, 10_000]] as const) {
    test(`is exact for threads whose clocks say ${first} and ${second}`, () => {
      const threads = twoThreads()
      const terms = bucket(100, 1_000, 10)
      // What was taken at the earlier time has flowed in again at the later, once.
      const atOnce = first < second ? 11 : 10
      assert.equal(inTurn(threads, terms, [first, second], 1_000), atOnce)
      assert.equal(inTurn(threads, terms, [first, second], 1_000), 0)
      let total = atOnce
      for (let ms = 10; ms <= 1_000; ms += 10) total += inTurn(threads, terms, [first + ms, second + ms], 50)
      assert.equal(total, atOnce + 100, 'a second later')
    })
  }
})

describe('a sliding window', () => {
  test('weighs the window before by what is left of it', () => {
    const table = new LimitTable(createLimitTable(), 7)
    const terms = sliding(10, 1_000)
    assert.equal(burst(table, terms, 1_900, 20), 10)
    assert.equal(burst(table, terms, 2_000, 20), 0)
    assert.equal(burst(table, terms, 2_500, 20), 5)
    assert.equal(burst(table, terms, 4_999, 20), 10, 'a window without any in between forgets')
  })

  test('says when there is one more, and then there is', () => {
    const table = new LimitTable(createLimitTable(), 7)
    const terms = sliding(10, 1_000)
    for (const now of [1_200, 2_300, 2_700]) {
      burst(table, terms, now, 20)
      const { retryMs } = taken
      assert.equal(take(table, terms, now + retryMs - 5), false, `${now} + ${retryMs}`)
      assert.equal(take(table, terms, now + retryMs + 5), true, `${now} + ${retryMs}`)
    }
  })

  test('never lets more than the limit through in any window', () => {
    const table = new LimitTable(createLimitTable(), 7)
    const at: number[] = []
    for (let now = 1_000, step = 0; now < 20_000; now += 1 + (step++ * 7919) % 30) if (take(table, sliding(20, 1_000), now)) at.push(now)
    for (const start of at) assert.ok(at.filter((one) => one >= start && one < start + 1_000).length <= 24, `at ${start}`)
  })

  for (const [first, second] of [[60_020, 59_950], [59_950, 60_020]] as const) {
    test(`is exact at its edge for threads whose clocks say ${first} and ${second}`, () => {
      const threads = twoThreads()
      assert.equal(inTurn(threads, sliding(5, 60_000), [first, second], 1_000), 5)
    })
  }

  test('weighs by the later of two clocks', () => {
    for (const behind of [2_410, 1_990]) {
      const [ahead, late] = twoThreads() as [LimitTable, LimitTable]
      assert.equal(burst(ahead, sliding(10, 1_000), 1_900, 20), 10)
      assert.equal(take(ahead, sliding(10, 1_000), 2_500), true)
      assert.equal(burst(late, sliding(10, 1_000), behind, 20), 4, String(behind))
      assert.equal(take(ahead, sliding(10, 1_000), 2_500), false)
    }
  })

  test('goes on when the policy gets a window of another length', () => {
    for (const [before, after] of [[1_000, 60_000], [60_000, 1_000]] as const) {
      const table = new LimitTable(createLimitTable(), 7)
      assert.equal(burst(table, sliding(10, before), 100_100, 20), 10)
      assert.equal(burst(table, sliding(10, after), 100_100, 20), 0, `${before} to ${after}`)
      assert.equal(burst(table, sliding(10, after), 100_100 + 2 * after, 20), 10, `${before} to ${after}`)
    }
  })
})

test('keys and policies are counted apart', () => {
  const table = new LimitTable(createLimitTable(), 7)
  for (let key = 0; key < 2_000; key++) assert.equal(burst(table, bucket(2, 60_000), 1_000, 3, `ip ${key}`), 2, String(key))
  for (let key = 0; key < 2_000; key++) assert.equal(take(table, bucket(2, 60_000), 1_000, `ip ${key}`), false)
  assert.equal(take(table, bucket(2, 60_000), 1_000, 'ip 1', 'other'), true)
})

test('a table that is full forgets those who owe least, and never grows', () => {
  const table = new LimitTable(createLimitTable(), 7)
  const limited = Array.from({ length: 50 }, (_, index) => `limited ${index}`)
  for (const key of limited) burst(table, bucket(100, 60_000), 1_000, 101, key)
  for (let key = 0; key < 300_000; key++) take(table, bucket(100, 60_000), 1_000 + key / 1_000, `flood ${key}`)
  const kept = limited.filter((key) => !take(table, bucket(100, 60_000), 1_300, key))
  assert.equal(kept.length, limited.length)
})

test('four threads at once take exactly what there is', async () => {
  const shared = createLimitTable()
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.url).then(({ LimitTable }) => {
      const table = new LimitTable(workerData.shared, 7)
      const taken = { isAllowed: true, retryMs: 0 }
      let allowed = 0
      for (let round = 0; round < 20000; round++) {
        table.take('policy', 'key ' + (round % 4), { isBucket: round % 2 === 0, limit: 5000, windowMs: 3600000, burst: 5000 }, 1000, taken)
        if (taken.isAllowed) allowed++
      }
      parentPort.postMessage(allowed)
    })`
  const counts = await Promise.all(Array.from({ length: 4 }, () => new Promise<number>((resolve, reject) => {
    const worker = new Worker(code, { eval: true, workerData: { shared, url: new URL('limit-table.ts', import.meta.url).href } })
    worker.once('message', resolve)
    worker.once('error', reject)
  })))
  assert.equal(counts.reduce((sum, count) => sum + count, 0), 20_000)
})
