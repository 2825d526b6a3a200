import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pauseAfter } from './pause-after.ts'

const MINUTE = 60_000
const refused = { status: 429, type: 'rateLimited', retryAfterSeconds: 0 }
const away = { status: 503, type: '', retryAfterSeconds: 0 }

test('an authority that is away is asked every half hour at last; one that refuses, or made an order in vain, is left alone for longer', () => {
  const minutes = (given: Parameters<typeof pauseAfter>[0]): number => pauseAfter(given) / MINUTE
  const attempts = [0, 1, 2, 3, 4, 5, 50]
  assert.deepEqual(attempts.map((attempt) => minutes({ problem: null, orders: null, attempts: attempt })), [1, 5, 15, 30, 30, 30, 30])
  assert.deepEqual(attempts.map((attempt) => minutes({ problem: away, orders: null, attempts: attempt })), [1, 5, 15, 30, 30, 30, 30])
  assert.deepEqual(attempts.map((attempt) => minutes({ problem: refused, orders: null, attempts: attempt })), [1, 5, 30, 120, 480, 480, 480])
  assert.deepEqual([1, 2, 3, 4, 5].map((orders) => minutes({ problem: null, orders, attempts: 9 })), [1, 5, 30, 120, 480])
  assert.equal(minutes({ problem: { ...refused, retryAfterSeconds: 7200 }, orders: null, attempts: 0 }), 120)
  assert.equal(minutes({ problem: { ...away, retryAfterSeconds: 60 }, orders: null, attempts: 2 }), 15)
})
