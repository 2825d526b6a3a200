import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { Redis } from 'ioredis'
import { contentOf } from '../shared/testing/content.ts'
import { freePortRange } from '../scripts/services/free-port.ts'
import { type RedisServer, startRedis } from '../scripts/services/redis.ts'
import { waitUntil } from '../scripts/services/wait-until.ts'
import { createNodePlace, isThere, type NodePlace, type NodeProcess } from './testing/data-node-process.ts'
import { type NodeApiServer, startNodeApiServer } from './testing/node-api-server.ts'
import { type LoadReport, portState, type SteadyLoad, startLoad } from './testing/steady-load.ts'
import { contentFor, startOrigin, type TestOrigin } from './testing/test-origin.ts'
import { inspectable, runInThread } from './testing/thread-fault.ts'

let origin: TestOrigin
let redis: RedisServer
let publisher: Redis
let api: NodeApiServer
let place: NodePlace
let node: NodeProcess
let load: SteadyLoad | null = null

before(async () => {
  ;[origin, redis] = await Promise.all([startOrigin('hello'), startRedis()])
  publisher = new Redis(redis.url)
})

after(async () => {
  publisher.disconnect()
  await Promise.all([origin.stop(), redis.stop()])
})

beforeEach(async () => {
  api = await startNodeApiServer(publisher)
  place = await createNodePlace(api.url)
  const { from } = await freePortRange(20)
  node = await place.start({ REDIS_URL: redis.url, THREAD_STALL_SECONDS: '1', ...inspectable(from) })
  await api.publishAndWait(contentFor(origin, [place.ports.from]))
})

afterEach(async () => {
  await load?.stop()
  load = null
  await place.clear()
  await api.stop()
})

/** New connections only, in 6 loops, running by the time this returns. */
async function underLoad(): Promise<LoadReport> {
  load = startLoad(`http://127.0.0.1:${place.ports.from}/`, { fresh: 6 })
  const { report } = load
  await waitUntil(() => report.ok > 100, { ms: 10_000, what: 'the load' })
  return report
}

const refusals = (report: LoadReport): string[] => Object.keys(report.failures).filter((failure) => failure.includes('ECONNREFUSED'))
const failures = (report: LoadReport): number => Object.values(report.failures).reduce((sum, count) => sum + count, 0)
const worker = (): number => {
  const [pid, ...others] = node.workers()
  assert.ok(pid !== undefined && others.length === 0, 'one worker process')
  return pid
}

test('SIGKILL of the worker process: no new connection is refused, and it serves again', async () => {
  const report = await underLoad()
  const killed = worker()
  process.kill(killed, 'SIGKILL')
  const okAtKill = report.ok
  await waitUntil(() => report.ok > okAtKill + 50, { ms: 10_000, what: 'it serves again', everyMs: 2 })
  await load?.stop()
  assert.notEqual(worker(), killed)
  assert.deepEqual(refusals(report), [])
  assert.ok(failures(report) <= 6, `only what was in flight: ${JSON.stringify(report.failures)}`)
  assert.equal(await place.metric('gateway_process_restarts_total'), 1)
})

test('SIGKILL again and again: no storm, no refusal, and the ports are all there afterwards', async () => {
  const report = await underLoad()
  for (let round = 0; round < 3; round++) {
    await waitUntil(() => node.workers().length === 1, { ms: 10_000, what: 'a worker process' })
    process.kill(worker(), 'SIGKILL')
    const ok = report.ok
    await waitUntil(() => report.ok > ok + 20, { ms: 10_000, what: 'it serves again' })
  }
  await load?.stop()
  assert.deepEqual(refusals(report), [])
  assert.equal((await api.publishAndWait(contentFor(origin, [place.ports.from, place.ports.from + 1]))).result, 'applied')
  assert.equal(await portState(place.ports.from + 1), 'serves')
})

test('a thread that ends is replaced, the process and the other thread serve on', async () => {
  const report = await underLoad()
  const pid = worker()
  await runInThread(node, pid, 0, 'process.exit(7)')
  await waitUntil(() => node.says(/thread 0 was replaced and gets its ports/), { ms: 10_000, what: 'the replacement' })
  await waitUntil(async () => await place.metric('gateway_threads') === 2, { ms: 10_000, what: 'two threads' })
  const ok = report.ok
  await waitUntil(() => report.ok > ok + 100, { ms: 10_000, what: 'the load to go on' })
  await load?.stop()
  assert.equal(worker(), pid)
  assert.deepEqual(refusals(report), [])
  assert.ok(failures(report) <= 6, JSON.stringify(report.failures))
  assert.equal(await place.metric('gateway_thread_restarts_total'), 1)
})

test('an error that nobody catches ends only its thread', async () => {
  const pid = worker()
  await runInThread(node, pid, 1, `setTimeout(() => { throw new Error('deliberate') })`)
  await waitUntil(() => node.says(/thread 1 was replaced/), { ms: 10_000, what: 'the replacement' })
  assert.ok(node.says(/"reason":"Error: deliberate"/))
  assert.equal(worker(), pid)
  assert.equal(await portState(place.ports.from), 'serves')
})

test('a thread that blocks is noticed and replaced; what waited for it is served', async () => {
  const pid = worker()
  await runInThread(node, pid, 0, 'for (;;) {}')
  const report = await underLoadWhileBlocked()
  await waitUntil(() => node.says(/thread 0 is blocked/), { ms: 10_000, what: 'the block to be noticed' })
  await waitUntil(() => node.says(/thread 0 was replaced/), { ms: 10_000, what: 'the replacement' })
  const ok = report.ok
  await waitUntil(() => report.ok > ok + 100, { ms: 10_000, what: 'the load to go on' })
  await load?.stop()
  assert.equal(worker(), pid)
  assert.deepEqual(refusals(report), [])
  assert.equal(await place.metric('gateway_thread_stalls_total'), 1)
})

/** Connections that the blocked thread gets wait for it. */
async function underLoadWhileBlocked(): Promise<LoadReport> {
  load = startLoad(`http://127.0.0.1:${place.ports.from}/`, { fresh: 6 })
  return load.report
}

test('a thread that ends with 200 requests in flight on its node leaves no count behind: its target is connected to and chosen as before', async (t) => {
  const held: http.ServerResponse[] = []
  const slow = http.createServer((request, response) => void (request.url === '/held/on' ? held.push(response) : response.end('slow'))).listen(0, '127.0.0.1')
  t.after(() => {
    slow.closeAllConnections()
    slow.close()
  })
  await once(slow, 'listening')
  const targets = [`http://127.0.0.1:${(slow.address() as AddressInfo).port}`, origin.address].map((address, index) => ({ id: `t${index}`, address }))
  await api.publishAndWait(contentOf({
    listeners: [{ port: place.ports.from }],
    upstreams: [{ targets, loadBalancing: 'LeastRequests', connection: { maxPerTarget: 200 } }],
    routes: [{ match: { path: { type: 'prefix', value: '/held' } }, loadBalancing: 'FirstAlphabetical' }, { match: { path: { type: 'prefix', value: '/' } } }]
  }))
  const ask = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${place.ports.from}${path}`, { headers: { connection: 'close' } })).text()
  let cut = 0
  for (let count = 0; count < 200; count++) void ask('/held/on').catch(() => cut++)
  const inFlight = (): Promise<number> => place.metric('gateway_requests_in_flight')
  await waitUntil(async () => await inFlight() === 200, { ms: 20_000, what: '200 requests in flight' })
  assert.equal(await ask('/held/up'), 'hello', 'no connection to the first target is left')
  await runInThread(node, worker(), 0, 'process.exit(1)')
  // Ten times the promise.
  await waitUntil(async () => cut > 0 && await inFlight() === 200 - cut, { ms: 10_000, what: 'the count to be true again' })
  assert.ok(cut < 200, 'the other thread serves on')
  await waitUntil(async () => await ask('/held/up') === 'slow', { ms: 10_000, what: 'a connection to the first target' })
  for (const response of held) response.end()
  await waitUntil(async () => await inFlight() === 0, { ms: 10_000, what: 'nothing in flight' })
  await waitUntil(async () => await ask('/') === 'slow', { ms: 10_000, what: 'the first target to be chosen: nothing is in flight to it' })
})

test('a publish right after a thread was killed reaches every thread', async () => {
  await runInThread(node, worker(), 0, 'process.exit(7)')
  const ack = await api.publishAndWait(contentFor(origin, [place.ports.from, place.ports.from + 1]))
  assert.deepEqual([ack.result, ack.threads.length], ['applied', 2])
  await waitUntil(() => node.says(/thread 0 was replaced/), { ms: 10_000, what: 'the replacement' })
  const states = await Promise.all(Array.from({ length: 20 }, () => portState(place.ports.from + 1)))
  assert.deepEqual([...new Set(states)], ['serves'])
})

test('a thread that ends while it prepares costs a second attempt, not the snapshot', async () => {
  // Blocked for less than a stall, so that the snapshot waits for a thread that then ends.
  await runInThread(node, worker(), 0, 'for (const end = Date.now() + 700; Date.now() < end;); process.exit(7)')
  const ack = await api.publishAndWait(contentFor(origin, [place.ports.from, place.ports.from + 1]))
  assert.equal(ack.result, 'applied')
  assert.equal(await portState(place.ports.from + 1), 'serves')
})

test('SIGKILL of the worker process between publishes: the last publish is what is served', async () => {
  const report = await underLoad()
  for (let index = 0; index < 20; index++) {
    api.publish(contentFor(origin, [place.ports.from, place.ports.from + 1 + (index % 2)]))
    if (index % 7 === 3) for (const pid of node.workers()) process.kill(pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  assert.equal((await api.publishAndWait(contentFor(origin, [place.ports.from, place.ports.from + 3]))).result, 'applied')
  await waitUntil(async () => await portState(place.ports.from + 3) === 'serves', { ms: 10_000, what: 'the new port' })
  assert.equal(await portState(place.ports.from + 1), 'ECONNREFUSED')
  assert.equal(await portState(place.ports.from + 2), 'ECONNREFUSED')
  await load?.stop()
  assert.deepEqual(refusals(report), [])
})

test('SIGKILL of the primary: it is served on, and the next primary takes over without a refusal', async () => {
  const report = await underLoad()
  const orphan = worker()
  node.signal('SIGKILL')
  await node.exited
  const okAlone = report.ok
  await waitUntil(() => report.ok > okAlone + 100, { ms: 10_000, what: 'the orphan to serve' })
  node = await place.start()
  await waitUntil(() => !isThere(orphan), { ms: 20_000, what: 'the orphan to end' })
  const okTaken = report.ok
  await waitUntil(() => report.ok > okTaken + 100, { ms: 10_000, what: 'the new one to serve' })
  await load?.stop()
  assert.deepEqual(refusals(report), [])
  assert.ok(failures(report) <= 6, JSON.stringify(report.failures))
  assert.equal((await api.publishAndWait(contentFor(origin, []))).result, 'applied')
  assert.equal(await portState(place.ports.from), 'ECONNREFUSED', 'nobody of before listens any more')
})

test('with nobody reading the log, a node serves, replaces its worker process and is taken over', async () => {
  const pids = new Set(node.workers())
  node.closeOutput()
  process.kill(worker(), 'SIGKILL')
  assert.equal(await portState(place.ports.from), 'serves')
  await waitUntil(() => node.workers().length === 1 && !pids.has(worker()), { ms: 10_000, what: 'the replacement' })
  assert.equal((await api.publishAndWait(contentFor(origin, [place.ports.from, place.ports.from + 1]))).result, 'applied')
  const orphan = worker()
  node.signal('SIGKILL')
  await node.exited
  assert.equal(await portState(place.ports.from + 1), 'serves')
  node = await place.start()
  await waitUntil(() => !isThere(orphan), { ms: 20_000, what: 'the orphan to end' })
  assert.equal(await portState(place.ports.from + 1), 'serves')
})

test('an orphan that nobody relieves drains and ends', async () => {
  await node.stop()
  node = await place.start({ ORPHAN_SECONDS: '1' })
  const orphan = worker()
  node.signal('SIGKILL')
  await node.exited
  assert.equal(await portState(place.ports.from), 'serves')
  await waitUntil(() => !isThere(orphan), { ms: 20_000, what: 'the orphan to end' })
  assert.equal(await portState(place.ports.from), 'ECONNREFUSED')
})
