import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { FleetLeases, type Leased } from './fleet-leases.ts'
import { downAnswer, type LeaseAnswer, type LeaseAsk, overloadedAnswer } from './lease.ts'
import type { LimitTerms } from './limit-terms.ts'

const terms: LimitTerms = { isBucket: true, limit: 5, windowMs: 3_600_000, burst: 5 }
const given = (ask: number, granted: number, retryMs = 720_000): LeaseAnswer => ({ ...downAnswer(ask), isDown: false, granted, goodForMs: 1_000, retryMs })

/** Leases of a thread with a clock of its own; `answer` gives the answer to everything that was asked. */
function leasesUnderTest() {
  const asked: LeaseAsk[] = []
  const clock = { now: 1_000 }
  const leases = new FleetLeases((asks) => void asked.push(...asks), () => clock.now)
  return {
    clock,
    asked,
    take: (key: string): Promise<Leased> => Promise.resolve(leases.take('policy', key, terms)),
    async answer(answerOf: (ask: number) => LeaseAnswer): Promise<void> {
      await turn()
      leases.answered(asked.splice(0).map(({ ask }) => answerOf(ask)))
    }
  }
}

describe('a refusal', () => {
  test('is remembered for a second, and tells until then what Redis said', async () => {
    const { clock, asked, take, answer } = leasesUnderTest()
    const first = take('a')
    await answer((ask) => given(ask, 0))
    assert.deepEqual(await first, { kind: 'none', retryMs: 720_000 })
    clock.now += 400
    assert.deepEqual(await take('a'), { kind: 'none', retryMs: 719_600 })
    clock.now += 599
    assert.deepEqual(await take('a'), { kind: 'none', retryMs: 719_001 })
    clock.now += 1
    const again = take('a')
    await turn()
    assert.equal(asked.length, 1)
    await answer((ask) => given(ask, 1))
    assert.deepEqual(await again, { kind: 'taken' })
  })

  test('that is over sooner is not remembered for longer', async () => {
    const { clock, take, answer } = leasesUnderTest()
    const first = take('a')
    await answer((ask) => given(ask, 0, 30))
    await first
    clock.now += 29
    assert.deepEqual(await take('a'), { kind: 'none', retryMs: 1 })
    clock.now += 1
    const again = take('a')
    await answer((ask) => given(ask, 1))
    assert.deepEqual(await again, { kind: 'taken' })
  })
})

describe('more requests than may wait', () => {
  const fill = (take: (key: string) => Promise<Leased>) => Array.from({ length: 2_000 }, (_, index) => take(`key ${index}`))

  test('are overload while Redis is asked, and none when it answered', async () => {
    const { take, answer } = leasesUnderTest()
    const waiting = fill(take)
    assert.deepEqual(await take('one more'), { kind: 'overloaded' })
    await answer((ask) => given(ask, 1))
    assert.deepEqual([...new Set((await Promise.all(waiting)).map(({ kind }) => kind))], ['taken'])
    const last = take('one more')
    await answer((ask) => given(ask, 1))
    assert.deepEqual(await last, { kind: 'taken' })
  })

  test('are without Redis where it gave no answer before', async () => {
    const { clock, take, answer } = leasesUnderTest()
    const first = take('first')
    await answer(downAnswer)
    assert.deepEqual(await first, { kind: 'down' })
    assert.deepEqual(await take('another'), { kind: 'down' })
    clock.now += 1_000
    const waiting = fill(take)
    assert.deepEqual(await take('one more'), { kind: 'down' })
    await answer((ask) => given(ask, 1))
    await Promise.all(waiting)
    const others = fill((key) => take(`again ${key}`))
    assert.deepEqual(await take('one more'), { kind: 'overloaded' })
    await answer((ask) => given(ask, 1))
    await Promise.all(others)
  })

  test('in the process that asks Redis are no sign that it is down', async () => {
    const { take, answer } = leasesUnderTest()
    const first = take('a')
    await answer(overloadedAnswer)
    assert.deepEqual(await first, { kind: 'overloaded' })
    const next = take('a')
    await answer((ask) => given(ask, 1))
    assert.deepEqual(await next, { kind: 'taken' })
  })
})
