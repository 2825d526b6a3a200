import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { createLog } from '../log.ts'
import { ConfigPoller } from './config-poller.ts'
import type { ConfigAnswer } from './control-plane.ts'

const { log } = createLog('silent', {})

function pollerWith(config: () => Promise<ConfigAnswer>, intervalSeconds = 3600) {
  const received: unknown[] = []
  const poller = new ConfigPoller({ controlPlane: { config }, intervalSeconds, have: () => null, received: (body) => received.push(body), log })
  return { poller, received }
}

test('a thousand hints while one question is open make one more', async () => {
  let asked = 0
  let answer = (_: ConfigAnswer): void => {}
  const { poller, received } = pollerWith(() => {
    asked++
    return new Promise((resolve) => {
      answer = resolve
    })
  })
  poller.poke()
  await waitUntil(() => asked === 1, { ms: 5_000, what: 'the first question' })
  for (let index = 0; index < 1000; index++) poller.poke()
  answer({ kind: 'config', body: 'first' })
  await waitUntil(() => asked === 2, { ms: 5_000, what: 'the second question' })
  answer({ kind: 'unchanged' })
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal(asked, 2)
  assert.deepEqual(received, ['first'])
  assert.ok(poller.isConnected)
  poller.stop()
})

test('hints one after the other are slowed down', async () => {
  let asked = 0
  const { poller } = pollerWith(async () => {
    asked++
    return { kind: 'unchanged' }
  })
  const end = performance.now() + 500
  while (performance.now() < end) {
    poller.poke()
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  poller.stop()
  assert.ok(asked >= 3 && asked <= 11, `asked ${asked} times in 500 ms`)
})

test('after a failure it asks again by itself, sooner than on the timer', async () => {
  let asked = 0
  const { poller } = pollerWith(async () => {
    if (++asked < 3) throw new Error('down')
    return { kind: 'nothing-published' }
  })
  poller.poke()
  await waitUntil(() => asked === 3, { ms: 20_000, what: 'the third question' })
  await waitUntil(() => poller.isConnected, { ms: 1_000, what: 'the answer' })
  poller.stop()
})
