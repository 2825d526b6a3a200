import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitUntil } from '../scripts/services/wait-until.ts'
import { pressureAt, startMemoryGuard } from './memory-guard.ts'
import { createSignalTable, PRESSURE, Signals } from './state/signals.ts'

const { none, high, critical } = PRESSURE

test('idle connections go at 80 %, requests are shed at 90 %; a level ends only clearly below', () => {
  assert.deepEqual([0.5, 0.79, 0.8, 0.89, 0.9, 2].map((share) => pressureAt(share, none)), [none, none, high, high, critical, critical])
  assert.deepEqual([0.86, 0.84, 0.76, 0.74].map((share) => pressureAt(share, critical)), [critical, high, high, none])
  assert.deepEqual([0.76, 0.74].map((share) => pressureAt(share, high)), [high, none])
})

test('the guard tells every thread, and the log once for each change', async () => {
  const signals = new Signals(createSignalTable())
  const lines: string[] = []
  const write = (_fields: object, line: string) => void lines.push(line)
  let bytes = 950
  const guard = startMemoryGuard({ limitBytes: 1000, signals, log: { info: write, warn: write, error: write } as never, rss: () => bytes })
  // The guard itself keeps nothing alive.
  const alive = setInterval(() => {}, 1000)
  await waitUntil(() => signals.memoryPressure === critical, { ms: 5_000, what: 'the pressure' })
  bytes = 100
  await waitUntil(() => signals.memoryPressure === none, { ms: 5_000, what: 'the end of it' })
  guard.stop()
  clearInterval(alive)
  assert.equal(lines.length, 2)
})
