import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { FleetLeases, type Leased } from './fleet-leases.ts'
import { downAnswer, type LeaseAnswer, type LeaseAsk } from './lease.ts'
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
