import assert from 'node:assert/strict'
import { promises as dns } from 'node:dns'
import { afterEach, mock, test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { createSharedMemory, type SharedMemory } from '../state/shared-memory.ts'
import { TargetRow } from '../state/target-row.ts'
import { type EngineUnderTest, startEngine, type TestConfiguration } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

let memory: SharedMemory
const origins: ScriptedOrigin[] = []
const gateways: EngineUnderTest[] = []
const clients: RawClient[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await waitUntil(() => gateways.every(({ engine }) => engine.stats().inFlight === 0), { ms: 5_000, what: 'the requests to end' })
  for (const gateway of gateways) gateway.apply({ targets: [] })
  // Nothing that was counted may stay.
  await waitUntil(() => counts(0).connections === 0, { ms: 5_000, what: 'the origin connections to end' })
  assert.deepEqual(counts(0), { connections: 0, waiting: 0, inFlight: 0 })
  for (const gateway of gateways.splice(0)) await gateway.stop()
  for (const origin of origins.splice(0)) await origin.stop()
})

function counts(target: number): { connections: number; waiting: number; inFlight: number } {
  const { connections, waiting, inFlight } = new TargetRow(memory.targets, memory.threads, 0, target)
  return { connections, waiting, inFlight }
}

const limited = (maxPerTarget: number, max: number, given: object = {}) => ({ connection: { maxPerTarget, queue: { max, timeoutMs: 5_000, ...given } } })

/** An origin that the test plays, and as many engines on the same memory as there are to be threads. */
async function start(upstream: object, configuration: Partial<TestConfiguration> = {}, threads = 1): Promise<ScriptedOrigin> {
  memory = createSharedMemory(threads)
  const origin = await startScriptedOrigin()
  origins.push(origin)
  for (let thread = 0; thread < threads; thread++) gateways.push(await startEngine({ targets: [origin.url], upstream, ...configuration }, { memory, thread }))
  return origin
}

/** Sends a request on a connection of its own; it is on its way once inFlight says so. */
async function send(path: string, thread = 0, method = 'GET'): Promise<RawClient> {
  const client = await connectRaw(gateways[thread]!.port)
  clients.push(client)
  const { inFlight } = counts(0)
  client.send(`${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
  await waitUntil(() => counts(0).inFlight > inFlight || client.received !== '', { ms: 5_000, what: 'the request to be taken' })
  return client
}

const codeOf = async (client: RawClient): Promise<string> => {
  const { headers, body } = await client.response()
  return headers.get('x-gateway-error') ?? body
}

/** Waits for the request with this path at the origin's only connection, and answers it. */
async function answer(origin: ScriptedOrigin, index: number, path: string, fields = ''): Promise<void> {
  const peer = await origin.peer(index)
  await peer.until(`the request ${path}`, ({ received }) => received.startsWith(`GET ${path} `) || received.startsWith(`POST ${path} `))
  peer.received = ''
  peer.send(ok(path, fields))
}

test('those that wait get the one connection in the order they came; one too many is 503 with Retry-After', async () => {
  const origin = await start(limited(1, 2))
  const [first, second, third] = [await send('/1'), await send('/2'), await send('/3')]
  assert.deepEqual(counts(0), { connections: 1, waiting: 2, inFlight: 3 })
  const fourth = await (await send('/4')).response()
  assert.deepEqual([fourth.status, fourth.headers.get('x-gateway-error'), fourth.headers.get('retry-after')], [503, 'target_busy', '1'])
  for (const [path, client] of [['/1', first], ['/2', second], ['/3', third]] as const) {
    await answer(origin, 0, path)
    assert.equal(await codeOf(client), path)
  }
  assert.equal(origin.peers.length, 1)
})

test('a target that is busy: another one with room is taken, whatever the method and the budget', async () => {
  const other = await startScriptedOrigin(answering(ok('other')))
  origins.push(other)
  const upstream = { ...limited(1, 0), loadBalancing: 'FirstAlphabetical', retry: { attempts: 0 } }
  const origin = await start(upstream)
  gateways[0]!.apply({ targets: [origin.url, other.url], upstream })
  const first = await send('/1')
  assert.equal(await codeOf(await send('/2', 0, 'POST')), 'other')
  await answer(origin, 0, '/1')
  assert.equal(await codeOf(first), '/1')
})

test('503 queue_timeout when no connection comes free in time; the place in the queue is given back', async () => {
  const origin = await start(limited(1, 1, { timeoutMs: 200 }))
  const first = await send('/1')
  const second = await (await send('/2')).response()
  assert.deepEqual([second.status, second.headers.get('x-gateway-error'), second.headers.get('retry-after')], [503, 'queue_timeout', '1'])
  assert.equal(counts(0).waiting, 0)
  await answer(origin, 0, '/1')
  assert.equal(await codeOf(first), '/1')
})

test('a client that goes away leaves the queue', async () => {
  const origin = await start(limited(1, 2))
  const first = await send('/1')
  const second = await send('/2')
  const third = await send('/3')
  second.socket.resetAndDestroy()
  await waitUntil(() => counts(0).waiting === 1, { ms: 5_000, what: 'the place in the queue' })
  await answer(origin, 0, '/1')
  assert.equal(await codeOf(first), '/1')
  await answer(origin, 0, '/3')
  assert.equal(await codeOf(third), '/3')
})

test('a connection that ends makes room for the next', async () => {
  const origin = await start(limited(1, 3))
  const [first, second, third, fourth] = [await send('/1'), await send('/2'), await send('/3'), await send('/4')]
  await answer(origin, 0, '/1', 'Connection: close\r\n')
  assert.equal(await codeOf(first), '/1')
  const peer = await origin.peer(1)
  await peer.until('the second request', ({ received }) => received.startsWith('GET /2 '))
  second.socket.resetAndDestroy()
  await answer(origin, 2, '/3')
  assert.equal(await codeOf(third), '/3')
  await answer(origin, 2, '/4')
  assert.equal(await codeOf(fourth), '/4')
})

test('who waited has all of connectTimeoutMs to connect', async () => {
  const connection = { maxPerTarget: 1, connectTimeoutMs: 300, queue: { max: 1, timeoutMs: 5_000 } }
  const origin = await start({ connection })
  const first = await send('/1')
  const second = await send('/2')
  await new Promise((resolve) => setTimeout(resolve, 500))
  await answer(origin, 0, '/1', 'Connection: close\r\n')
  assert.equal(await codeOf(first), '/1')
  await answer(origin, 1, '/2')
  assert.equal(await codeOf(second), '/2')
})

test('without a queue: a connection that lay too long for POST makes room for a fresh one', async () => {
  const origin = await start({ connection: { maxPerTarget: 1, idleMs: 60_000 } })
  const first = await send('/1')
  await answer(origin, 0, '/1')
  assert.equal(await codeOf(first), '/1')
  await new Promise((resolve) => setTimeout(resolve, 1_300))
  const second = await send('/2', 0, 'POST')
  await answer(origin, 1, '/2')
  assert.equal(await codeOf(second), '/2')
  assert.equal(counts(0).connections, 1)
})

test('without a queue: a stale connection, a reset and a retried status make room for the next attempt', async () => {
  const origin = await start({ connection: { maxPerTarget: 1 }, retry: { statuses: [503], attempts: 2 } })
  const client = await send('/1')
  await answer(origin, 0, '/1')
  assert.equal(await codeOf(client), '/1')
  client.send('GET /2 HTTP/1.1\r\nHost: a\r\n\r\n')
  await origin.peers[0]!.until('the second request', ({ received }) => received !== '')
  origin.peers[0]!.socket.end()
  const fresh = await origin.peer(1)
  await fresh.until('the request on a fresh connection', ({ received }) => received !== '')
  fresh.socket.end()
  const third = await origin.peer(2)
  await third.until('the request after the close', ({ received }) => received !== '')
  third.send('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n')
  await answer(origin, 3, '/2')
  assert.equal(await codeOf(client), '/2')
})

test('hundreds that wait for a target whose name turns out to be unknown all get their answer', async () => {
  const { promise, reject } = Promise.withResolvers<never>()
  mock.method(dns, 'lookup', () => promise)
  const upstream = { ...limited(1, 1_000), healthCheck: { passive: { enabled: false } }, retry: { attempts: 0 } }
  await start(upstream, { targets: ['http://unknown.test:80'] })
  const waiting = await Promise.all(Array.from({ length: 300 }, async () => {
    const client = await connectRaw(gateways[0]!.port)
    clients.push(client)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    return client
  }))
  await waitUntil(() => counts(0).waiting === 299, { ms: 5_000, what: 'all but one to wait' })
  reject(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }))
  assert.deepEqual(new Set(await Promise.all(waiting.map(codeOf))), new Set(['name_not_resolved']))
  mock.restoreAll()
})

test('two threads keep one limit together, and hand the place over', async () => {
  const origin = await start(limited(1, 4), {}, 2)
  const first = await send('/1')
  const second = await send('/2', 1)
  const third = await send('/3', 1)
  assert.deepEqual(counts(0), { connections: 1, waiting: 2, inFlight: 3 })
  await answer(origin, 0, '/1')
  assert.equal(await codeOf(first), '/1')
  const from = performance.now()
  await answer(origin, 1, '/2')
  assert.ok(performance.now() - from < 1_000, 'some ticks')
  assert.equal(await codeOf(second), '/2')
  await answer(origin, 1, '/3')
  assert.equal(await codeOf(third), '/3')
  const fourth = await send('/4')
  await answer(origin, 2, '/4')
  assert.equal(await codeOf(fourth), '/4', 'the idle connection of the other thread made room')
})
