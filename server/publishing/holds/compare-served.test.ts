import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BOUNDS_MS, BUCKETS } from '../../../shared/traffic/latency-bounds.ts'
import { nothingServed, type Served } from '../../../shared/traffic/served.ts'
import { regressionOf } from './compare-served.ts'

const LIMITS = { maxErrorRateIncrease: 0.01, maxLatencyFactor: 2 }

/** `ms`: how long each request took. */
const served = (requests: number, errors: number, ms = 2): Served => {
  const bucket = BOUNDS_MS.findIndex((bound) => ms <= bound)
  return { requests, errors, durations: Array.from({ length: BUCKETS }, (_, index) => (index === bucket ? requests : 0)) }
}
const regresses = (before: Served, now: Served) => regressionOf(before, now, LIMITS)

describe('errors', () => {
  test('more of them than the limit are a regression, told with the figures', () => {
    assert.equal(regresses(served(1000, 2), served(300, 36)), 'answers 5xx rose from 0.2 % to 12.0 % (36 of 300 requests); 1.0 % more are allowed')
  })

  test('as many as before, and some more, are none', () => {
    assert.equal(regresses(served(1000, 100), served(1000, 105)), null)
    assert.equal(regresses(served(1000, 100), served(0, 0)), null)
  })

  test('one or two prove nothing, three out of three do', () => {
    assert.equal(regresses(nothingServed(), served(2, 2)), null)
    assert.match(regresses(nothingServed(), served(3, 3)) ?? '', /100\.0 %/)
  })
})

describe('p99', () => {
  test('that is surely more than the factor is a regression', () => {
    assert.match(regresses(served(500, 0, 20), served(500, 0, 400)) ?? '', /^p99 rose from about 25 ms to about 498 ms/)
  })

  test('that may be the same, for all that the buckets tell, is none', () => {
    assert.equal(regresses(served(500, 0, 101), served(500, 0, 249)), null)
  })

  test('that nobody feels, or of a few requests, is none', () => {
    assert.equal(regresses(served(500, 0, 1), served(500, 0, 25)), null)
    assert.equal(regresses(served(500, 0, 20), served(99, 0, 5000)), null)
    assert.equal(regresses(served(99, 0, 20), served(500, 0, 5000)), null)
  })
})
