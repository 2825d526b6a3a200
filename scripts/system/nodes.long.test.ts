import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, before, test } from 'node:test'
import { createDatabase, type Database } from '../../db/database.ts'
import { eventually } from './support/eventually.ts'
import { type Origin, startOrigin } from './support/origin.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

let system: System
let origin: Origin
let db: Database
let other: net.Server

before(async () => {
  ;[system, origin] = await Promise.all([startSystem({ nodes: 2, nodeEnv: { NODE_LABELS: 'zone=a,rack=2' } }), startOrigin('hello')])
  db = createDatabase({ url: system.databaseUrl })
  await createExample(system, [origin.url])
  await publishAndWait(system)
})

after(async () => {
  other?.close()
  await db?.sequelize.close()
  await system?.stop()
  await origin?.stop()
})

const item = (id = 'node-1') => system.api.must('GET', `/nodes/${id}`)

test('a node tells its versions, load, ports and what each thread serves', async () => {
  const { heartbeat, desired, presence } = await eventually('every thread says what it serves', async () => {
    const found = await item()
    return found.heartbeat.threadsServing.every(({ serving }: any) => serving?.revision === 1) && found
  })
  assert.deepEqual(heartbeat.threadsServing, [{ thread: 0, serving: desired }, { thread: 1, serving: desired }])
  assert.deepEqual([presence, heartbeat.nodeVersion, heartbeat.schemaVersions.length > 0], ['online', process.version, true])
  assert.ok(heartbeat.load.average >= 0 && heartbeat.load.cores >= 1 && heartbeat.rssBytes > 0)
  const { from, to } = system.nodes[0]!.ports
  assert.equal(heartbeat.reservedPorts, to - from + 1 - 1)
  assert.deepEqual(heartbeat.ports, [{ address: '0.0.0.0', port: from, protocol: 'http', state: 'listening' }])
})

test('a port of a range that another program has is named', async () => {
  const [node] = system.nodes
  assert.ok(node)
  await node.service.stop()
  other = net.createServer().listen(node.ports.to, '127.0.0.1')
  await once(other, 'listening')
  await node.start()
  const lost = await eventually('the port is named', async () => (await item()).heartbeat.ports.find(({ port }: any) => port === node.ports.to))
  assert.deepEqual([lost.protocol, lost.state], ['http', 'port_in_use'])
})

test('labels that are set here go before those of the node, and null gives those back', async () => {
  assert.deepEqual((await item()).labels, { zone: 'a', rack: '2' })
  assert.deepEqual(await system.api.must('PATCH', '/nodes/node-1', { labels: { zone: 'b', tier: 'gold' } }), { labels: { zone: 'b', tier: 'gold' } })
  assert.deepEqual((await item()).labels, { zone: 'b', rack: '2', tier: 'gold' })
  assert.deepEqual((await system.api.must('GET', '/nodes?label=zone=b')).items.map(({ id }: any) => id), ['node-1'])
  await system.api.must('PATCH', '/nodes/node-1', { labels: { zone: null } })
  assert.deepEqual((await item()).labels, { zone: 'a', rack: '2', tier: 'gold' })
})

test('a node that is killed is unknown within 5 s, and forgotten with its reports when nobody hears of it for long', async () => {
  await system.nodes[1]!.service.stop()
  const begin = performance.now()
  await eventually('it is unknown', async () => (await item('node-2')).presence === 'unknown')
  assert.ok(performance.now() - begin < 6_500)
  assert.equal(await db.nodeAcks.count({ where: { nodeId: 'node-2' } }), 1)
  await db.nodes.update({ lastHeartbeatAt: new Date(Date.now() - 2 * 3600_000) }, { where: { id: 'node-2' } })
  system.webEnv['NODE_FORGET_HOURS'] = '1'
  await system.startJobs()
  await eventually('it is forgotten', async () => (await system.api.request('GET', '/nodes/node-2')).status === 404, 20_000)
  assert.deepEqual([await db.nodeAcks.count({ where: { nodeId: 'node-2' } }), await db.desired.count({ where: { nodeId: 'node-2' } })], [0, 0])
  const { nodes } = await system.api.must('GET', '/snapshots/1/rollout')
  assert.deepEqual(nodes.map(({ nodeId }: any) => nodeId), ['node-1'])
})
