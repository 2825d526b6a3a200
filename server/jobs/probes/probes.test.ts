import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { Redis } from 'ioredis'
import { startRedis } from '../../../scripts/services/redis.ts'
import { waitUntil } from '../../../scripts/services/wait-until.ts'
import { CHANNELS } from '../../../shared/schema/channels.ts'
import { probePlans } from '../../../shared/health/probe-plan.ts'
import { HealthNews, healthKey } from '../../../shared/schema/target-health.ts'
import { compileDecoder } from '../../../shared/snapshot/compile-decoder.ts'
import { decodeUpstream } from '../../../shared/snapshot/decode-resource.ts'
import { createLog } from '../../create-log.ts'
import { createQueueClient } from '../../redis-clients.ts'
import { type ControlPlane, startControlPlane } from '../../testing/control-plane.ts'
import { created, patched, publishDraft } from '../../testing/drafts.ts'
import { enrolNode } from '../../testing/node.ts'
import { probeTarget } from './probe-target.ts'
import { createProbes, type Probes } from './start-probes.ts'

let redisServer: Awaited<ReturnType<typeof startRedis>>
let plane: ControlPlane
let origin: http.Server
let status = 200
const asked: http.IncomingMessage[] = []
const running: { probes: Probes; clients: Redis[] }[] = []

before(async () => {
  redisServer = await startRedis()
  plane = await startControlPlane({ redisUrl: redisServer.url })
  await enrolNode(plane, 'node-1')
  origin = http.createServer((request, response) => {
    asked.push(request)
    response.writeHead(request.url === '/moved' ? 302 : status, { location: '/health' }).end('body')
  })
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
})

after(async () => {
  for (const { probes, clients } of running) {
    await probes.stop()
    for (const client of clients) client.disconnect()
  }
  await plane.stop()
  await redisServer.stop()
  origin.closeAllConnections()
  origin.close()
})

const originUrl = () => `http://127.0.0.1:${(origin.address() as AddressInfo).port}`

async function start(): Promise<Probes> {
  const log = createLog('test', 'silent')
  const clients = [createQueueClient(redisServer.url, log), createQueueClient(redisServer.url, log)]
  const probes = createProbes({ ...plane.deps, log, queueClient: clients[0]!, workerClient: clients[1]! })
  running.push({ probes, clients })
  await probes.reconcile()
  probes.run()
  return probes
}

const planOf = (target: object, active: object = {}) => {
  const decoded = decodeUpstream({ name: 'u', targets: [{ id: 'a', address: originUrl(), ...target }], healthCheck: { active: { enabled: true, timeoutSeconds: 1, ...active } } })
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.issues))
  return probePlans({ id: '00000000-0000-7000-8000-000000000001', ...decoded.value })[0]!
}

describe('one probe', () => {
  test('asks for base address and path, with the Host of the target and a name of its own', async () => {
    const { ok, status: answered } = await probeTarget(planOf({ host: 'app.example', healthUrl: `${originUrl()}/base/` }, { path: '/up?deep=1' }), null)
    const request = asked.at(-1)!
    assert.deepEqual([ok, answered, request.method, request.url, request.headers.host, request.headers['user-agent']], [true, 200, 'GET', '/base/up?deep=1', 'app.example', 'gateway-probe/1'])
  })

  test('follows no redirect, and takes only the statuses that are expected', async () => {
    const before = asked.length
    const moved = await probeTarget(planOf({}, { path: '/moved' }), null)
    assert.deepEqual([moved.ok, moved.status, asked.length - before], [false, 302, 1])
    assert.equal((await probeTarget(planOf({}, { path: '/moved', expectedStatuses: '302' }), null)).ok, true)
  })

  test('says why there was no answer', async () => {
    assert.match((await probeTarget(planOf({ address: 'http://127.0.0.1:1' }), null)).error, /ECONNREFUSED/)
    const silent = net.createServer()
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    assert.equal((await probeTarget(planOf({ address: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` }), null)).error, 'no answer within 1 s')
    silent.close()
    assert.match((await probeTarget(planOf({ address: originUrl().replace('http:', 'https:') }), null)).error, /SSL|TLS|wrong version/i)
  })
})

describe('control-jobs', () => {
  let upstreamId: string
  const health = async () => (await plane.as.viewer('GET', `/upstreams/${upstreamId}/health`)).body

  test('probes what data nodes should serve, keeps what it found and tells the nodes', async () => {
    const subscriber = new Redis(redisServer.url)
    const heard: unknown[] = []
    subscriber.on('message', (_channel, text) => heard.push(JSON.parse(text)))
    await subscriber.subscribe(CHANNELS.health)
    await start()
    const upstream = await created(plane.as.editor, '/upstreams', { name: 'probed', targets: [{ id: 'a', address: originUrl() }, { id: 'b', address: 'http://127.0.0.1:1' }], healthCheck: { active: { enabled: true, intervalSeconds: 1, timeoutSeconds: 1, unhealthyAfter: 2 } } })
    upstreamId = upstream.id
    assert.equal((await plane.as.viewer('GET', `/upstreams/${upstreamId}/health`)).status, 404)
    await publishDraft(plane.as.publisher)
    await waitUntil(async () => (await health()).targets.map((target: { state: string }) => target.state).join() === 'healthy,unhealthy', { ms: 20_000, what: 'both targets are known' })
    const [a, b] = (await health()).targets
    assert.deepEqual([a.reason, a.history[0].status, a.address], ['status 200', 200, originUrl()])
    assert.match(b.reason, /^\d+ probes failed in a row, the last one: .*ECONNREFUSED/)
    const decode = compileDecoder(HealthNews)
    assert.ok(heard.length >= 4)
    for (const news of heard) assert.ok(decode(news).ok, JSON.stringify(news))
    const redis = new Redis(redisServer.url)
    const validMs = await redis.pttl(healthKey(upstreamId))
    assert.ok(validMs > 0 && validMs <= 3_000, String(validMs))
    redis.disconnect()
    subscriber.disconnect()
  })

  test('finds out when a target turns bad and good', async () => {
    status = 500
    await waitUntil(async () => (await health()).targets[0].state === 'unhealthy', { ms: 10_000, what: 'it is unhealthy' })
    assert.match((await health()).targets[0].reason, /probes failed in a row, the last one: status 500/)
    status = 200
    await waitUntil(async () => (await health()).targets[0].state === 'healthy', { ms: 10_000, what: 'it is healthy' })
  })

  test('two processes do not probe twice', async () => {
    await start()
    const from = asked.length
    const began = performance.now()
    await waitUntil(() => asked.length >= from + 5, { ms: 20_000, what: 'some probes were made' })
    const seconds = (performance.now() - began) / 1000
    assert.ok(asked.length - from <= seconds + 3, `${asked.length - from} probes in ${seconds} s`)
  })

  test('stops when the check is switched off, and says so', async () => {
    await patched(plane.as.editor, `/upstreams/${upstreamId}`, { healthCheck: { active: { enabled: false } } })
    await publishDraft(plane.as.publisher)
    const { active, targets } = await health()
    assert.deepEqual([active, targets[0].state], [false, 'unknown'])
    assert.match(targets[0].reason, /is not probed/)
    const redis = new Redis(redisServer.url)
    await waitUntil(async () => (await redis.zcard('bull:probes:repeat')) === 0, { ms: 5_000, what: 'no schedule is left' })
    redis.disconnect()
  })
})

test('a target that means another program on every machine is not probed unless that is said to be right', async () => {
  const apart = await startControlPlane({ redisUrl: redisServer.url, probesLocal: false })
  await enrolNode(apart, 'node-1')
  const { id } = await created(apart.as.editor, '/upstreams', { name: 'local', targets: [{ id: 'a', address: originUrl() }], healthCheck: { active: { enabled: true } } })
  await publishDraft(apart.as.publisher)
  const [target] = (await apart.as.viewer('GET', `/upstreams/${id}/health`)).body.targets
  assert.equal(target.state, 'unknown')
  assert.match(target.reason, /PROBE_LOCAL_TARGETS=true/)
  await apart.stop()
})
