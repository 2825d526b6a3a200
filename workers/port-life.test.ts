import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { Redis } from 'ioredis'
import { freePort } from '../scripts/services/free-port.ts'
import { type RedisServer, startRedis } from '../scripts/services/redis.ts'
import { waitUntil } from '../scripts/services/wait-until.ts'
import { createNodePlace, type NodePlace, type NodeProcess } from './testing/data-node-process.ts'
import { type NodeApiServer, startNodeApiServer } from './testing/node-api-server.ts'
import { portState } from './testing/steady-load.ts'
import { contentFor, startOrigin, type TestOrigin } from './testing/test-origin.ts'

let origin: TestOrigin
let redis: RedisServer
let publisher: Redis
let api: NodeApiServer
let place: NodePlace
let node: NodeProcess

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
  node = await place.start({ REDIS_URL: redis.url })
})

afterEach(async () => {
  await place.clear()
  await api.stop()
})

test('before a configuration: up, not ready, and reserved ports refuse', async () => {
  const ready = await fetch(`${place.metricsUrl}/readyz`)
  assert.equal(ready.status, 503)
  assert.equal(((await ready.json()) as { reason: string }).reason, 'no configuration yet')
  assert.equal((await fetch(`${place.metricsUrl}/healthz`)).status, 200)
  assert.equal(await portState(place.ports.from), 'ECONNREFUSED')
})

test('a port refuses, serves when published, refuses when disabled, serves when enabled again', async () => {
  const { from } = place.ports
  assert.equal((await api.publishAndWait(contentFor(origin, [from]))).result, 'applied')
  assert.equal(await portState(from), 'serves')
  assert.equal(await portState(from + 1), 'ECONNREFUSED')
  for (const enabled of [false, true, false, true]) {
    await api.publishAndWait(contentFor(origin, [from, { port: from + 1, enabled }]))
    assert.equal(await portState(from + 1), enabled ? 'serves' : 'ECONNREFUSED', `enabled: ${enabled}`)
    assert.equal(await portState(from), 'serves')
  }
  assert.equal((await fetch(`${place.metricsUrl}/readyz`)).status, 200)
  assert.equal(await place.metric('gateway_config_revision'), 5)
})

test('the report has every thread, and that it is on the disk', async () => {
  const ack = await api.publishAndWait(contentFor(origin, [place.ports.from]))
  assert.deepEqual(ack.threads.map(({ thread, result }) => [thread, result]), [[0, 'applied'], [1, 'applied']])
  assert.equal(ack.persisted, true)
  await waitUntil(() => api.heartbeats.some((beat) => beat.serving?.revision === 1), { ms: 20_000, what: 'a heartbeat that serves it' })
  const beat = api.heartbeats.findLast(({ serving }) => serving !== null)
  assert.deepEqual(beat?.ports, [{ address: '0.0.0.0', port: place.ports.from, protocol: 'http', state: 'listening' }])
  assert.equal(beat?.source, 'control-plane')
  assert.equal(beat?.threads, 2)
})

test('a listener on one address of a reserved port, and on a port outside the range', async () => {
  const { from } = place.ports
  const outside = await freePort()
  await api.publishAndWait(contentFor(origin, [{ port: from, address: '127.0.0.1' }, outside, { port: outside, address: '::1' }]))
  assert.equal(await portState(from), 'serves')
  assert.equal(await portState(from, '127.0.0.2'), 'ECONNREFUSED')
  assert.equal(await portState(outside, '127.0.0.2'), 'serves')
  assert.equal(await portState(outside, '::1'), 'serves')
  // From one address to all of them and back, while the other sockets of the port are open.
  await api.publishAndWait(contentFor(origin, [from]))
  assert.equal(await portState(from, '127.0.0.2'), 'serves')
  assert.equal(await portState(outside), 'ECONNREFUSED')
  await api.publishAndWait(contentFor(origin, [{ port: from, address: '127.0.0.2' }]))
  assert.equal(await portState(from, '127.0.0.2'), 'serves')
  assert.equal(await portState(from), 'ECONNREFUSED')
})

test('a port that another program has is reported, the rest applies, and it serves when it is free', async () => {
  const foreign = net.createServer().listen(0, '0.0.0.0')
  await once(foreign, 'listening')
  const { port } = foreign.address() as net.AddressInfo
  const ack = await api.publishAndWait(contentFor(origin, [{ port, name: 'taken' }, place.ports.from]))
  assert.equal(ack.result, 'applied_with_issues')
  assert.deepEqual(ack.issues.map(({ path, code, severity }) => ({ path, code, severity })), [{ path: '/listeners/0/port', code: 'port_in_use', severity: 'warning' }])
  assert.match(ack.issues[0]?.message ?? '', new RegExp(`"taken".*${port}`))
  assert.equal(await portState(place.ports.from), 'serves')
  foreign.close()
  await once(foreign, 'close')
  await waitUntil(() => api.acks.at(-1)?.result === 'applied', { ms: 50_000, what: 'the report that the port serves' })
  assert.equal(await portState(port), 'serves')
})

test('a reserved port that another program took meanwhile', async () => {
  const { from } = place.ports
  // SO_REUSEADDR lets anybody listen on a port that is only bound.
  const foreign = net.createServer().listen(from, '0.0.0.0')
  await once(foreign, 'listening')
  const ack = await api.publishAndWait(contentFor(origin, [from, from + 1]))
  assert.deepEqual(ack.issues.map(({ code }) => code), ['port_in_use'])
  assert.equal(await portState(from + 1), 'serves')
  foreign.close()
  await once(foreign, 'close')
  await waitUntil(() => api.acks.at(-1)?.result === 'applied', { ms: 50_000, what: 'the report that the port serves' })
  assert.equal(await portState(from), 'serves')
})

test('a second node with the same ports or the same DATA_DIR does not start and says why', async () => {
  const samePorts = place.spawn({ DATA_DIR: `${place.dataDir}-2`, METRICS_ADDR: `127.0.0.1:${await freePort()}` })
  assert.equal(await samePorts.exited, 1)
  assert.deepEqual(samePorts.lines.filter((line) => !line.startsWith('{')), [
    `port ${place.ports.from} (and 3 more) of HTTP_PORT_RANGE or HTTPS_PORT_RANGE belongs to another data node of this machine: pid ${node.pid}, DATA_DIR ${place.dataDir}`
  ])
  const sameFolder = place.spawn({ METRICS_ADDR: `127.0.0.1:${await freePort()}` })
  assert.equal(await sameFolder.exited, 1)
  assert.match(sameFolder.lines.join('\n'), new RegExp(`DATA_DIR ${place.dataDir} is in use by another data node \\(pid ${node.pid}\\)`))
  await api.publishAndWait(contentFor(origin, [place.ports.from]))
  assert.equal(await portState(place.ports.from), 'serves')
})

test('a port outside its own range that another data node has is in use', async () => {
  const otherApi = await startNodeApiServer(publisher)
  const other = await createNodePlace(otherApi.url)
  try {
    await other.start({ REDIS_URL: redis.url, GATEWAY_LOCK_DIR: place.env.GATEWAY_LOCK_DIR ?? '' })
    const ack = await otherApi.publishAndWait(contentFor(origin, [place.ports.from, other.ports.from]))
    assert.deepEqual(ack.issues.map(({ path, code }) => [path, code]), [['/listeners/0/port', 'port_in_use']])
    assert.match(ack.issues[0]?.message ?? '', new RegExp(`another data node of this machine \\(pid ${node.pid},`))
    assert.equal(await portState(other.ports.from), 'serves')
    assert.equal(await portState(place.ports.from), 'ECONNREFUSED')
  } finally {
    await other.clear()
    await otherApi.stop()
  }
})

test('without the flock program, and without Redis, a node still takes its place alone and serves', async () => {
  await node.stop()
  node = await place.start({ PATH: '/nowhere', REDIS_URL: 'redis://127.0.0.1:1' })
  assert.ok(node.says(/no flock program/))
  const second = place.spawn({ PATH: '/nowhere', DATA_DIR: `${place.dataDir}-2`, METRICS_ADDR: `127.0.0.1:${await freePort()}` })
  assert.equal(await second.exited, 1)
  assert.match(second.lines.join('\n'), new RegExp(`port ${place.ports.from} .* pid ${node.pid}`))
  await api.publishAndWait(contentFor(origin, [place.ports.from]))
  assert.equal(await portState(place.ports.from), 'serves')
  assert.ok(node.says(/Redis cannot be reached; publishes arrive by polling/))
  node.signal('SIGKILL')
  await node.exited
  node = await place.start({ PATH: '/nowhere' })
  assert.equal(await portState(place.ports.from), 'serves')
})
