import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { Redis } from 'ioredis'
import { startRedis } from '../../../scripts/services/redis.ts'
import { waitUntil } from '../../../scripts/services/wait-until.ts'
import { CHANNELS } from '../../../shared/schema/channels.ts'
import { probePlans } from '../../../shared/health/probe-plan.ts'
import { HealthNews, healthKey } from '../../../shared/schema/target-health.ts'
import { compileDecoder } from '../../../shared/snapshot/compile-decoder.ts'
import { decodeUpstream } from '../../../shared/snapshot/decode-resource.ts'
import { makeSelfSigned } from '../../certificates/self-signed.ts'
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

const planOf = (target: object, active: object = {}, tls: object = {}) => {
  const decoded = decodeUpstream({ name: 'u', targets: [{ id: 'a', address: originUrl(), ...target }], healthCheck: { active: { enabled: true, timeoutSeconds: 1, ...active } }, connection: { tls } })
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

describe('one probe of targets that speak HTTP/2', () => {
  const heard: { httpVersion: string; url?: string; authority?: string; headers: http.IncomingHttpHeaders }[] = []
  const servers: Record<string, net.Server> = {}
  const sessions = new Set<http2.ServerHttp2Session>()
  let caPem = ''
  const at = (scheme: 'h2c' | 'https', name: string) => `${scheme}://127.0.0.1:${(servers[name]!.address() as AddressInfo).port}`

  function answer(request: http2.Http2ServerRequest, response: http2.Http2ServerResponse): void {
    heard.push(request)
    if (request.url === '/silent') return
    response.writeHead(request.url === '/moved' ? 302 : 200, { location: '/health' })
    if (request.url === '/endless') new Readable({ read() { this.push(Buffer.alloc(16_384)) } }).pipe(response)
    else if (request.url === '/unfinished') response.write('so far')
    else response.end('body')
  }

  before(async () => {
    const { certificatePem: cert, privateKeyPem: key } = await makeSelfSigned(['127.0.0.1'], 1)
    caPem = cert
    servers['h2c'] = http2.createServer(answer)
    servers['h2'] = http2.createSecureServer({ cert, key }, answer)
    servers['both'] = http2.createSecureServer({ cert, key, allowHTTP1: true }, answer)
    servers['http1'] = https.createServer({ cert, key }, (request, response) => {
      heard.push(request as typeof heard[number])
      response.end()
    })
    for (const server of Object.values(servers)) {
      server.on('session', (session: http2.ServerHttp2Session) => void sessions.add(session.on('close', () => sessions.delete(session))))
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
    }
  })

  after(() => {
    for (const server of Object.values(servers)) server.close()
  })

  test('h2c ones are asked in it from the start, with base address and Host', async () => {
    const { ok, status: answered, error } = await probeTarget(planOf({ address: at('h2c', 'h2c'), host: 'app.example:81' }, { path: '/up?deep=1' }), null)
    const request = heard.at(-1)!
    assert.deepEqual([ok, answered, error, request.httpVersion, request.url, request.authority, request.headers['user-agent']], [true, 200, '', '2.0', '/up?deep=1', 'app.example:81', 'gateway-probe/1'])
    assert.equal((await probeTarget(planOf({ healthUrl: `${at('h2c', 'h2c')}/base/` }), null)).ok, true)
    assert.equal(heard.at(-1)!.url, '/base/health')
  })

  test('https ones are asked in what they choose', async () => {
    for (const [name, version] of [['h2', '2.0'], ['both', '2.0'], ['http1', '1.1']] as const) {
      const { ok, error } = await probeTarget(planOf({ address: at('https', name) }, {}, { caPem }), null)
      assert.deepEqual([ok, error, heard.at(-1)!.httpVersion], [true, '', version], name)
    }
  })

  test('the certificate is that of the address, whatever the Host', async () => {
    for (const name of ['h2', 'http1']) {
      assert.equal((await probeTarget(planOf({ address: at('https', name), host: 'app.example' }, {}, { caPem }), null)).error, '')
      const { authority, headers } = heard.at(-1)!
      assert.equal(authority ?? headers.host, 'app.example')
    }
    assert.match((await probeTarget(planOf({ address: at('https', 'h2'), host: '127.0.0.1' }, {}, { caPem, serverName: 'app.example' }), null)).error, /altnames/)
    assert.match((await probeTarget(planOf({ address: at('https', 'h2') }), null)).error, /self-signed/)
  })

  test('no redirect is followed, and neither time nor body is without bounds', async () => {
    const before = heard.length
    const found = await Promise.all(['/moved', '/endless', '/unfinished', '/silent'].map((path) => probeTarget(planOf({ address: at('h2c', 'h2c') }, { path }), null)))
    assert.deepEqual(found.map(({ ok, status: answered, error }) => [ok, answered, error]), [[false, 302, ''], [true, 200, ''], [true, 200, ''], [false, 0, 'no answer within 1 s']])
    for (const { ms } of found) assert.ok(ms < 3_000, String(ms))
    assert.equal(heard.length - before, 4)
    await waitUntil(() => sessions.size === 0, { ms: 5_000, what: 'every connection is closed' })
  })

  test('one that does not speak it is told', async () => {
    assert.notEqual((await probeTarget(planOf({ address: originUrl().replace('http:', 'h2c:') }), null)).error, '')
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
