import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type OriginPeer, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

let origins: ScriptedOrigin[]
/** What the bad target does. */
let play: (peer: OriginPeer) => void
let gateway: EngineUnderTest
let client: RawClient

const reset = (peer: OriginPeer): void => void peer.socket.once('data', () => peer.socket.resetAndDestroy())

before(async () => {
  origins = [await startScriptedOrigin((peer) => play(peer)), await startScriptedOrigin(answering(ok('good'))), await startScriptedOrigin(answering(ok('good')))]
})

after(async () => {
  for (const origin of origins) await origin.stop()
})

beforeEach(() => {
  play = reset
})

/** An engine of its own for each test: ejections are state. The bad target is the first. */
async function use(upstream: object, count = 3): Promise<void> {
  gateway = await startEngine({ targets: origins.slice(0, count).map(({ url }) => url), upstream: { loadBalancing: 'RoundRobin', retry: { attempts: 0 }, ...upstream } })
  client = await connectRaw(gateway.port)
}

async function stop(): Promise<void> {
  client.destroy()
  await gateway.stop()
}

async function ask(): Promise<string> {
  if (client.hasEnded || client.hasClosed) client = await connectRaw(gateway.port)
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const { body, headers } = await client.response()
  return headers.get('x-gateway-error') ?? body
}

async function askMany(count: number): Promise<string[]> {
  const answers: string[] = []
  for (let index = 0; index < count; index++) answers.push(await ask())
  return answers
}

const passive = (given: object) => ({ healthCheck: { passive: { reactivationSeconds: 600, ...given } } })
const consecutive = (failures: number, given: object = {}) => passive({ policy: { policy: 'ConsecutiveFailures', failures }, ...given })
const rate = (given: object, more: object = {}) => passive({ policy: { policy: 'TransportFailureRate', ...given }, ...more })

test('ConsecutiveFailures: out after so many, with an event that says why', async () => {
  await use(consecutive(2))
  assert.equal((await askMany(6)).filter((answer) => answer === 'origin_closed').length, 2)
  assert.deepEqual(new Set(await askMany(12)), new Set(['good']))
  assert.deepEqual(gateway.events.map(({ kind, targetId }) => [kind, targetId]), [['target_ejected', 't0']])
  assert.equal(gateway.events[0]!.reason, '2 failures in a row, the last one: origin_closed')
  await stop()
})

test('ConsecutiveFailures: a success begins the count anew', async () => {
  let count = 0
  play = (peer) => (++count % 2 === 0 ? answering(ok('good', 'Connection: close\r\n'))(peer) : reset(peer))
  await use(consecutive(2))
  await askMany(18)
  assert.deepEqual(gateway.events, [])
  await stop()
})

test('TransportFailureRate: out when the share of failures in the window is reached, not before there are enough requests', async () => {
  await use(rate({ minRequests: 5, rate: 0.5 }))
  await askMany(12)
  assert.equal(gateway.events.length, 0, 'four requests of its own so far')
  await askMany(6)
  assert.match(gateway.events.at(0)?.reason ?? '', /^5 of 5 requests failed within 60 s, the last one: origin_closed$/)
  await stop()
})

test('5xx answers count only where the configuration says so', async () => {
  play = answering('HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nbad')
  await use(consecutive(2))
  await askMany(12)
  assert.equal(gateway.events.length, 0)
  await stop()
  await use(consecutive(2, { count5xx: true }))
  await askMany(6)
  assert.match(gateway.events.at(0)?.reason ?? '', /status 500/)
  await stop()
})

test('a client that goes away does not count', async () => {
  play = () => {}
  await use(consecutive(1), 1)
  for (let count = 0; count < 5; count++) {
    const one = await connectRaw(gateway.port)
    one.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await origins[0]!.peer(origins[0]!.peers.length)
    one.socket.resetAndDestroy()
  }
  await waitUntil(() => gateway.engine.stats().inFlight === 0, { ms: 5_000, what: 'the requests to end' })
  assert.deepEqual(gateway.events, [])
  await stop()
})

test('at most maxEjectedPercent are out at once', async () => {
  await use(consecutive(1), 1)
  await askMany(5)
  assert.deepEqual(gateway.events, [], 'half of one is none')
  await stop()
  await use(consecutive(1), 2)
  await askMany(4)
  assert.equal(gateway.events.length, 1)
  await stop()
})

test('all are out: HealthyOrPanic uses all of them, HealthyAndUnknown answers 503', async () => {
  await use({ ...consecutive(1, { maxEjectedPercent: 100 }), availability: 'HealthyOrPanic' }, 1)
  assert.deepEqual(await askMany(3), ['origin_closed', 'origin_closed', 'origin_closed'])
  await stop()
  await use({ ...consecutive(1, { maxEjectedPercent: 100 }), availability: 'HealthyAndUnknown' }, 1)
  assert.deepEqual(await askMany(3), ['origin_closed', 'no_available_target', 'no_available_target'])
  await stop()
})

test('a target comes back when its time is over, and an event says so', async () => {
  await use({ ...consecutive(1, { maxEjectedPercent: 100, reactivationSeconds: 1 }), availability: 'HealthyAndUnknown' }, 1)
  assert.equal(await ask(), 'origin_closed')
  play = answering(ok('well again'))
  await waitUntil(() => gateway.events.some(({ kind }) => kind === 'target_readmitted'), { ms: 5_000, what: 'the target to come back' })
  assert.equal(await ask(), 'well again')
  await stop()
})

test('an ejection survives a publish that leaves the target as it is', async () => {
  const upstream = { loadBalancing: 'RoundRobin', retry: { attempts: 0 }, ...consecutive(1) }
  await use(upstream)
  await askMany(3)
  assert.equal(gateway.events.length, 1)
  gateway.apply({ targets: origins.map(({ url }) => url), upstream: { ...upstream, slowStartSeconds: 5 } })
  assert.deepEqual(new Set(await askMany(6)), new Set(['good']))
  await stop()
})

test('an answer that turns bad counts once, however much of it comes', async () => {
  play = (peer) => void peer.socket.once('data', () => peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n'))
  await use(consecutive(2, { maxEjectedPercent: 100 }), 1)
  for (const ejections of [0, 1]) {
    client = await connectRaw(gateway.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await client.until('the good part', ({ received }) => received.includes('good'))
    origins[0]!.peers.at(-1)!.send(`zz\r\n${'x'.repeat(1_000_000)}`)
    await client.closed()
    assert.equal(gateway.events.length, ejections)
  }
  await stop()
})

test('stale connections and full queues do not count', async () => {
  // Answers once, then closes in the middle of the next request.
  play = (peer) => void peer.socket.once('data', () => {
    peer.send(ok('well'))
    peer.socket.once('data', () => peer.destroy())
  })
  await use({ ...consecutive(1, { maxEjectedPercent: 100 }), connection: { maxPerTarget: 1 } }, 1)
  assert.deepEqual(await askMany(6), Array.from({ length: 6 }, () => 'well'))
  play = () => {}
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const busy = await connectRaw(gateway.port)
  await waitUntil(() => gateway.engine.stats().inFlight === 1, { ms: 5_000, what: 'the first request' })
  busy.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.equal((await busy.response()).headers.get('x-gateway-error'), 'target_busy')
  busy.destroy()
  assert.deepEqual(gateway.events, [])
  await stop()
})
