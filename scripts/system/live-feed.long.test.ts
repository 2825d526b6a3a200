import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { freePort } from '../services/free-port.ts'
import { eventually } from './support/eventually.ts'
import { type Feed, openFeed } from './support/feed.ts'
import { startLoad } from './support/load.ts'
import { type Origin, startOrigin } from './support/origin.ts'
import { type Service, startService } from './support/service.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

let system: System
let origin: Origin
let second: Service
let secondUrl: string
let tenantUpstream: any
const feeds: Feed[] = []

before(async () => {
  ;[system, origin] = await Promise.all([startSystem({ nodes: 2 }), startOrigin('hello')])
  const port = await freePort()
  secondUrl = `http://127.0.0.1:${port}`
  second = await startService('server/web.ts', { ...system.webEnv, CONTROL_PLANE_ADDR: `127.0.0.1:${port}` })
  await createExample(system, [origin.url])
  tenantUpstream = await system.api.must('POST', '/upstreams', { name: 'of acme', tenantCode: 'acme', targets: [{ id: 'a', address: origin.url }] })
  await publishAndWait(system)
})

after(async () => {
  for (const feed of feeds) feed.stop()
  await second?.stop()
  await system?.stop()
  await origin?.stop()
})

const bearer = (token = system.webEnv['ADMIN_TOKEN'] ?? '') => ({ authorization: `Bearer ${token}` })

async function open(baseUrl: string, headers: Record<string, string> = bearer(), query = ''): Promise<Feed> {
  const feed = await openFeed(baseUrl, headers, query)
  feeds.push(feed)
  await feed.first('hello', ({ kind }) => kind === 'hello')
  return feed
}

/** The Cookie field of a session. */
async function signIn(): Promise<string> {
  const response = await fetch(`${system.baseUrl}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email: system.webEnv['ADMIN_EMAIL'], password: system.webEnv['ADMIN_PASSWORD'] }) })
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

test('only who may see is let in, and a cookie only from our own page', async () => {
  await assert.rejects(openFeed(system.baseUrl, {}), /401/)
  await assert.rejects(openFeed(system.baseUrl, bearer('gwt_nobody-has-this-token')), /401/)
  await assert.rejects(openFeed(system.baseUrl, bearer(system.nodes[0]?.env['NODE_TOKEN'])), /403/)
  const cookie = await signIn()
  await assert.rejects(openFeed(system.baseUrl, { cookie }), /403/)
  await assert.rejects(openFeed(system.baseUrl, { cookie, origin: 'https://evil.example' }), /403/)
  await assert.rejects(openFeed(system.baseUrl, bearer(), '?since=yesterday'), /400/)
  await open(system.baseUrl, { cookie, origin: system.baseUrl })
  assert.equal((await fetch(`${system.baseUrl}/api/v1/events`, { headers: bearer() })).status, 426)
})

test('readers of every control-web see what happens at any of them', async () => {
  const [first, other] = [await open(system.baseUrl), await open(secondUrl)]
  await system.api.must('POST', '/nodes/node-1/drain', { reason: 'look' })
  await system.api.must('POST', '/nodes/node-1/undrain')
  await system.api.patch(`/upstreams/${tenantUpstream.id}`, { description: 'next' })
  const revision = await publishAndWait(system)
  for (const feed of [first, other]) {
    await feed.first('the drain', ({ kind, data }) => kind === 'node_drained' && data.reason === 'look')
    await feed.first('the publish', ({ kind, data }) => kind === 'publish' && data.revision === revision)
    for (const nodeId of ['node-1', 'node-2']) await feed.first(`${nodeId} applied it`, ({ kind, data }) => kind === 'applied' && data.revision === revision && data.nodeId === nodeId)
  }
})

test('each second tells what fleet and nodes serve, while somebody reads it', async (t) => {
  const load = startLoad({ url: `http://127.0.0.1:${system.nodes[0]?.ports.from}/`, perSecond: 50 })
  t.after(() => load.stop())
  const feed = await open(secondUrl)
  const { fleet, nodes } = await feed.first('the load shows', ({ kind, fleet: all }) => kind === 'metrics' && all.requestsPerSecond > 20)
  assert.ok(fleet.perSecond['2xx'] > 20 && fleet.errorRate === 0 && fleet.p50 >= 0 && fleet.p99 >= fleet.p50, JSON.stringify(fleet))
  assert.deepEqual(nodes.map(({ nodeId }: any) => nodeId), ['node-1', 'node-2'])
  await eventually('it comes again and again', () => feed.messages.filter(({ kind }) => kind === 'metrics').length >= 3)
  const quiet = await open(secondUrl, bearer(), '?metrics=false')
  await eventually('others get more', () => feed.messages.filter(({ kind }) => kind === 'metrics').length >= 5)
  assert.ok(quiet.messages.every(({ kind }) => kind !== 'metrics'))
})

test('who comes back gets what was missed', async () => {
  const feed = await open(secondUrl, bearer(), '?metrics=false')
  const { at } = feed.messages[0]
  feed.stop()
  await system.api.must('POST', '/targets/eject', { upstreamId: tenantUpstream.id, targetId: 'a', reason: 'missed' })
  await system.api.must('POST', '/targets/restore', { upstreamId: tenantUpstream.id, targetId: 'a' })
  await open(secondUrl).then((other) => other.first('they were heard', ({ kind }) => kind === 'hello'))
  const back = await open(secondUrl, bearer(), `?since=${at}`)
  assert.equal(back.messages[0].complete, true)
  await back.first('what was missed', ({ kind }) => kind === 'target_restored')
  assert.deepEqual(back.messages.filter(({ kind }) => kind.startsWith('target_')).map(({ kind }) => kind), ['target_ejected', 'target_restored'])
  assert.equal((await open(secondUrl, bearer(), '?since=2020-01-01T00:00:00.000Z')).messages[0].complete, false)
})

test('people of one tenant see its events alone, operate its targets alone, and get no metrics', async () => {
  const { token } = await system.api.must('POST', '/tokens', { name: 'acme', role: 'publisher', tenants: ['acme'] })
  const feed = await open(system.baseUrl, bearer(token))
  const eject = (upstreamId: string) => fetch(`${system.baseUrl}/api/v1/targets/eject`, { method: 'POST', headers: { ...bearer(token), 'content-type': 'application/json' }, body: JSON.stringify({ upstreamId, targetId: upstreamId === tenantUpstream.id ? 'a' : 't1' }) })
  const shared = (await system.api.must('GET', '/upstreams')).items.find(({ name }: any) => name === 'app')
  assert.equal((await eject(shared.id)).status, 403)
  await system.api.must('POST', '/nodes/node-1/drain')
  await system.api.must('POST', '/nodes/node-1/undrain')
  assert.equal((await eject(tenantUpstream.id)).status, 200)
  await feed.first('its own event', ({ kind, tenantCode }) => kind === 'target_ejected' && tenantCode === 'acme')
  assert.deepEqual(feed.messages.map(({ kind }) => kind), ['hello', 'target_ejected'])
  assert.deepEqual((await (await fetch(`${system.baseUrl}/api/v1/targets`, { headers: bearer(token) })).json() as any).items.length, 1)
})

test('a node that appears, and one that is killed, are told within 5 s', async () => {
  const feed = await open(secondUrl)
  await system.addNode('node-3')
  await feed.first('it appears', ({ kind, data }) => kind === 'node_appeared' && data.nodeId === 'node-3', 5_000)
  await feed.first('it serves', ({ kind, data }) => kind === 'applied' && data.nodeId === 'node-3')
  const [worker, killed] = [await system.nodes[2]!.workerPid(), system.nodes[2]!.service]
  killed.signal('SIGKILL')
  process.kill(worker, 'SIGKILL')
  await feed.first('it is gone', ({ kind, data }) => kind === 'node_unknown' && data.nodeId === 'node-3', 6_000)
  assert.equal(feed.messages.filter(({ kind, data }) => kind === 'node_unknown' && data.nodeId === 'node-3').length, 1, 'told once, whoever saw it')
  await system.nodes[2]!.start()
  await feed.first('it is back', ({ kind, data }) => kind === 'node_online' && data.nodeId === 'node-3')
})

test('a control-web that stops sends its readers elsewhere', async () => {
  const feed = await open(secondUrl)
  const closed = once(feed.socket, 'close')
  await second.stop()
  assert.equal((await closed)[0], 1001)
})
