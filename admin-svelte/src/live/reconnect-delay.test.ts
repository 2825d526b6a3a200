import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reconnectDelay } from './reconnect-delay.ts'

test('the wait doubles up to half a minute, and is never the same for all', () => {
  assert.equal(reconnectDelay(1, 0), 250)
  assert.equal(reconnectDelay(1, 0.999), 500)
  assert.equal(reconnectDelay(4, 0), 2_000)
  assert.equal(reconnectDelay(100, 0), 15_000)
  assert.ok(reconnectDelay(100, 0.999) <= 30_000)
})
