import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRestartPause } from './restart-pause.ts'

test('at once the first time, then ever later, at once again after a calm time', () => {
  const pause = createRestartPause()
  assert.deepEqual([50, 50, 50, 50, 50, 50, 50, 50].map(pause), [0, 200, 400, 800, 1600, 3200, 5000, 5000])
  assert.deepEqual([10_000, 50].map(pause), [0, 200])
})
