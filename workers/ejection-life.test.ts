import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { contentOf } from '../shared/testing/content.ts'
import { freePort } from '../scripts/services/free-port.ts'
import { waitUntil } from '../scripts/services/wait-until.ts'
import { createNodePlace, isThere, type NodePlace } from './testing/data-node-process.ts'
import { type NodeApiServer, startNodeApiServer } from './testing/node-api-server.ts'
import { startOrigin, type TestOrigin } from './testing/test-origin.ts'

let origin: TestOrigin
let api: NodeApiServer
let place: NodePlace

before(async () => {
  origin = await startOrigin('hello')
})

after(() => origin.stop())

beforeEach(async () => {
  api = await startNodeApiServer()
  place = await createNodePlace(api.url)
})

afterEach(async () => {
  await place.clear()
  await api.stop()
})

interface Targets {
  ejected: { targetId: string; reason: string; remainingMs: number }[]
  events: { kind: string; targetId: string; reason: string }[]
}

test('a target that fails is taken out with a reason, and a new worker process does not let it back in', async () => {
  const closed = `http://127.0.0.1:${await freePort()}`
  api.publish(contentOf({
    listeners: [{ port: place.ports.from }],
    upstreams: [{
      targets: [{ id: 'good', address: origin.address }, { id: 'bad', address: closed }],
      loadBalancing: 'RoundRobin',
      healthCheck: { passive: { policy: { policy: 'ConsecutiveFailures', failures: 3 }, reactivationSeconds: 600 } }
    }],
    routes: [{ match: { path: { type: 'prefix', value: '/' } } }]
  }))
  const node = await place.start({})
  await waitUntil(() => api.acks.length > 0, { ms: 10_000, what: 'the first report' })
  const targets = async (): Promise<Targets> => await (await fetch(`${place.metricsUrl}/targets`)).json() as Targets
  await waitUntil(async () => {
    await fetch(`http://127.0.0.1:${place.ports.from}/`).then((response) => response.arrayBuffer())
    return (await targets()).ejected.length === 1
  }, { ms: 20_000, what: 'the ejection' })
  const before = await targets()
  assert.deepEqual(before.ejected.map(({ targetId }) => targetId), ['bad'])
  assert.match(before.ejected[0]!.reason, /3 failures in a row, the last one: connect_failed/)
  assert.deepEqual(before.events.map(({ kind, targetId }) => [kind, targetId]), [['target_ejected', 'bad']])
  const [old = 0] = node.workers()
  node.signal('SIGHUP')
  await waitUntil(() => !isThere(old) && node.workers().length === 1, { ms: 20_000, what: 'the old worker process to end' })
  await waitUntil(async () => (await targets()).ejected.length === 1, { ms: 5_000, what: 'the ejection in the new process' })
  for (let count = 0; count < 10; count++) assert.equal(await (await fetch(`http://127.0.0.1:${place.ports.from}/`)).text(), 'hello')
  assert.equal(await place.metric('gateway_target_ejections_total'), 1)
  assert.equal(await place.metric('gateway_targets_ejected'), 1)
})
