import assert from 'node:assert/strict'
import test from 'node:test'
import { waitUntil } from '../services/wait-until.ts'
import { supervise } from './supervise.ts'
import type { RunningService, ServiceSpec, Supervised } from './supervise.ts'

interface Fake extends RunningService { end(how: string): void; stopped: boolean[] }

function fakeService(): Fake {
  const { promise, resolve } = Promise.withResolvers<string>()
  const fake: Fake = {
    exited: promise,
    end: resolve,
    stopped: [],
    stop: async (force) => {
      fake.stopped.push(force)
      resolve('stopped')
    }
  }
  return fake
}

/** A service whose starts go as told: 'ok' or an error message. */
function plannedSpec(plan: string[], runs: Fake[]): ServiceSpec {
  return {
    name: 'thing',
    start: async (started) => {
      const outcome = plan.shift() ?? 'ok'
      if (outcome !== 'ok') throw new Error(outcome)
      const run = fakeService()
      runs.push(run)
      started(run)
    }
  }
}

test('a service that ends is started again, with a longer wait each time', async () => {
  const runs: Fake[] = []
  const lines: string[] = []
  let supervised: Supervised | undefined
  await supervise(plannedSpec(['ok', 'port is taken', 'ok'], runs), (service) => (supervised = service), { say: (line) => lines.push(line), delayMs: 2, maximumMs: 4 })
  runs[0]?.end('exit code 1')
  await waitUntil(() => runs.length === 2, { ms: 2000, what: 'the second run' })
  runs[1]?.end('SIGKILL')
  await waitUntil(() => runs.length === 3, { ms: 2000, what: 'the third run' })
  assert.deepEqual(lines, [
    'thing ended (exit code 1); starting it again in 0.002 s',
    'thing ended (port is taken); starting it again in 0.004 s',
    'thing ended (SIGKILL); starting it again in 0.004 s'
  ])
  await supervised?.stop(false)
  assert.deepEqual(runs[2]?.stopped, [false])
})

test('a stopped service is not started again, nor one that waits for its restart', async () => {
  const runs: Fake[] = []
  const lines: string[] = []
  let supervised: Supervised | undefined
  await supervise(plannedSpec([], runs), (service) => (supervised = service), { say: (line) => lines.push(line), delayMs: 60_000 })
  runs[0]?.end('exit code 1')
  await waitUntil(() => lines.length === 1, { ms: 2000, what: 'the line' })
  await supervised?.stop(false)
  assert.equal(runs.length, 1)
})

test('a first start that fails rejects; a stop while it starts ends what came up', async () => {
  await assert.rejects(supervise(plannedSpec(['no'], []), () => {}, { say: () => {} }), /^Error: no$/)

  const run = fakeService()
  const gate = Promise.withResolvers<void>()
  let supervised: Supervised | undefined
  const done = supervise(
    { name: 'slow', start: (started) => gate.promise.then(() => started(run)) },
    (service) => (supervised = service),
    { say: () => {} }
  )
  const stopped = supervised?.stop(false)
  gate.resolve()
  await Promise.all([done, stopped])
  assert.deepEqual(run.stopped, [true])
})
