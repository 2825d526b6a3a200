import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { createApiClient } from './support/api-client.ts'
import { eventually } from './support/eventually.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

let system: System
let origin: http.Server
let routes: Record<'stays' | 'goes', any>
const sockets: WebSocket[] = []

before(async () => {
  origin = http.createServer()
  new WebSocketServer({ server: origin }).on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  system = await startSystem({ nodes: 2 })
  const { upstream, route, listener } = await createExample(system, [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`])
  await system.api.must('POST', '/listeners', { name: 'other', protocol: 'http', port: system.nodes[1]!.ports.from })
  const goes = await system.api.must('POST', '/routes', { name: 'goes', isGlobal: true, match: { path: { type: 'prefix', value: '/goes' } }, upstreamId: upstream.id, onRemove: { connections: 'close' } })
  routes = { stays: { ...route, listener }, goes }
  await publishAndWait(system)
})

after(async () => {
  for (const socket of sockets) socket.terminate()
  await system?.stop()
  origin.closeAllConnections()
  origin.close()
})

/** Opens a WebSocket through a node, and has something said on it. */
async function open(node: number, path: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${system.nodes[node]!.ports.from}${path}`, { headers: { 'x-tenant-code': 'acme' } })
  sockets.push(socket)
  await once(socket, 'open')
  socket.send('hello')
  await once(socket, 'message')
  return socket
}

const list = (query = '') => system.api.must('GET', `/connections${query}`)

test('WebSockets of every node are listed with what passed through them', async () => {
  for (const [node, path] of [[0, '/chat?token=hidden'], [0, '/goes/a'], [1, '/chat'], [1, '/goes/b'], [1, '/goes/c']] as const) await open(node, path)
  const { items, total, missing } = await list()
  assert.deepEqual([total, items.length, missing], [5, 5, []])
  const chat = items.find(({ nodeId, path }: any) => nodeId === 'node-1' && path === '/chat')
  assert.deepEqual([chat.route, chat.listener, chat.upstream, chat.target, chat.tenant, chat.client, chat.messagesIn, chat.messagesOut], ['all', 'web', 'app', 't1', 'acme', '127.0.0.1', 1, 1])
  assert.doesNotMatch(JSON.stringify(items), /hidden/)
  assert.equal((await list(`?routeId=${routes.goes.id}`)).total, 3)
  assert.equal((await list('?listener=other')).total, 3)
  assert.equal((await list('?tenantCode=nobody')).total, 0)
})

test('one is closed by its id, the others notice nothing', async () => {
  const socket = await open(1, '/chat/one')
  const { items } = await list()
  const { id } = items.find(({ path }: any) => path === '/chat/one')
  const closed = once(socket, 'close')
  assert.equal((await system.api.request('DELETE', `/connections/${id}`)).status, 204)
  assert.equal((await closed)[0], 1001)
  assert.equal((await system.api.request('DELETE', `/connections/${id}`)).status, 404)
  assert.equal((await list()).total, 5)
  const { items: rows } = await system.api.must('GET', '/audit')
  assert.deepEqual(rows[0].action, 'connections.close')
})

test('who is limited to a tenant sees and closes those of the tenant only', async () => {
  const limitedTo = async (tenant: string) => createApiClient(system.baseUrl, (await system.api.must('POST', '/tokens', { name: tenant, role: 'publisher', tenants: [tenant] })).token)
  const [acme, other] = [await limitedTo('acme'), await limitedTo('other')]
  const { items, total } = await acme.must('GET', '/connections')
  assert.deepEqual([total, (await other.must('GET', '/connections')).total, (await other.must('GET', '/connections?tenantCode=acme')).total], [5, 0, 0])
  assert.equal((await other.request('DELETE', `/connections/${items[0].id}`)).status, 404)
  assert.equal((await list()).total, 5)
  assert.deepEqual((await acme.must('GET', '/config/affected')).affected, [])
})

test('before a publish it is told which connections it touches, and that is what happens', async () => {
  assert.deepEqual((await system.api.must('GET', '/config/affected')).affected, [])
  await system.api.patch(`/routes/${routes.goes.id}`, { enabled: false })
  await system.api.patch(`/listeners/${routes.stays.listener.id}`, { enabled: false })
  const { affected, open: all } = await system.api.must('GET', '/config/affected')
  assert.deepEqual([all, affected.map(({ route, because, promise, open: count }: any) => `${route} ${because} ${promise} ${count}`).sort()], [5, ['all port keep 1', 'goes route close 3']])
  await publishAndWait(system)
  await eventually('the connections of the route to be closed', async () => (await list()).total === 2)
  assert.deepEqual(sockets.map(({ readyState }) => readyState === WebSocket.OPEN), [true, false, true, false, false, false])
})

test('a node that does not answer is named', async () => {
  await system.nodes[1]!.service.stop()
  const { items, missing } = await list()
  assert.deepEqual([items.map(({ nodeId }: any) => nodeId), missing], [['node-1'], ['node-2']])
})
