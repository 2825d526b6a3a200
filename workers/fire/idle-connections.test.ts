import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { startEngine } from '../testing/engine-under-test.ts'
import { holdConnections } from '../testing/held-connections.ts'
import { answering, ok, startScriptedOrigin } from '../testing/scripted-origin.ts'

const COUNT = 1_000
const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test(`${COUNT} idle connections are held, each is served again, and none is left`, async () => {
  const origin = await startScriptedOrigin(answering(ok('hello')))
  const gateway = await startEngine({ targets: [origin.url] })
  const held = holdConnections(gateway.port, REQUEST)
  try {
    await held.add(COUNT, 100)
    assert.equal(gateway.engine.stats().connections, COUNT)
    assert.equal(await held.askAll(100), COUNT)
    assert.equal(held.open, COUNT)
  } finally {
    held.close()
  }
  await waitUntil(() => gateway.engine.stats().connections === 0, { ms: 10_000, what: 'the gateway to let go of all' })
  await gateway.stop()
  await origin.stop()
})

test(`${COUNT} idle connections are closed after idleTimeoutMs`, async () => {
  const origin = await startScriptedOrigin(answering(ok('hello')))
  const gateway = await startEngine({ targets: [origin.url], listener: { limits: { idleTimeoutMs: 2_000 } } })
  const held = holdConnections(gateway.port, REQUEST)
  await held.add(COUNT, 100)
  const from = performance.now()
  await waitUntil(() => held.open === 0, { ms: 20_000, what: 'all to be closed' })
  assert.ok(performance.now() - from > 500, 'not before they were idle for so long')
  await gateway.stop()
  await origin.stop()
})
