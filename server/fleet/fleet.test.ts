import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type RedisServer, startRedis } from '../../scripts/services/redis.ts'
import { nothingServed } from '../../shared/traffic/served.ts'
import type { ApiCall } from '../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { created, createSmallDraft, patched, publishDraft, type SmallDraft } from '../testing/drafts.ts'
import { type EventListener, listenToEvents } from '../testing/event-listener.ts'
import { ackOf, enrolNode, heartbeatOf } from '../testing/node.ts'
import { UNKNOWN_MS } from './node-state.ts'
import { noteAck } from './note-ack.ts'
import { noteHeartbeat } from './note-heartbeat.ts'
import { notePresence } from './watch-presence.ts'

let redis: RedisServer
let plane: ControlPlane
let events: EventListener
let draft: SmallDraft
let node: ApiCall

before(async () => {
  redis = await startRedis()
  plane = await startControlPlane({ redisUrl: redis.url })
  events = await listenToEvents(redis.url)
  node = await enrolNode(plane, 'node-1')
  draft = await createSmallDraft(plane.as.editor)
})

after(async () => {
  events.stop()
  await plane.stop()
  await redis.stop()
})

const fleet = async () => (await plane.as.viewer('GET', '/fleet')).body
const state = async () => (await fleet()).nodes[0].state
const beat = (serving: any, more = {}) => node('POST', '/node/heartbeat', heartbeatOf(serving, more))
const desired = async () => (await fleet()).nodes[0].desired
const publishChange = async () => {
  await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: String(Math.random()) })
  assert.equal((await publishDraft(plane.as.publisher)).status, 201)
  return desired()
}

describe('a node is shown as', () => {
  test('unknown until it is heard of, and again when it is silent', async () => {
    assert.equal(await state(), 'unknown')
    await beat(null)
    assert.equal(await state(), 'in_sync', 'nothing was published that it should serve')
    await plane.db.nodes.update({ lastHeartbeatAt: new Date(Date.now() - UNKNOWN_MS - 1) }, { where: {} })
    assert.equal(await state(), 'unknown')
  })

  test('behind until it serves what was published', async () => {
    await publishDraft(plane.as.publisher)
    await beat(null)
    assert.equal(await state(), 'behind')
    await beat(await desired())
    assert.equal(await state(), 'in_sync')
    assert.deepEqual((await fleet()).counts, { in_sync: 1, behind: 0, refused: 0, unknown: 0, drift: 0, ahead: 0 })
  })

  test('refused while it serves the revision before, with one event whatever how often it says so', async () => {
    const before = await desired()
    const wanted = await publishChange()
    const issue = { path: '/routes/0', code: 'odd', message: 'odd', severity: 'error' as const }
    for (let count = 0; count < 3; count++) await node('POST', '/node/ack', ackOf(wanted, { result: 'refused', issues: [issue] }))
    await beat(before)
    assert.equal(await state(), 'refused')
    const { data } = await events.first('refusal')
    assert.deepEqual(data, { nodeId: 'node-1', epoch: wanted.epoch, revision: wanted.revision, issues: [issue] })
    assert.equal(events.events.filter(({ kind }) => kind === 'refusal').length, 1)
  })

  test('ahead when it serves what this database does not know', async () => {
    const wanted = await desired()
    await beat({ ...wanted, revision: wanted.revision + 7 })
    assert.equal(await state(), 'ahead')
  })
})

describe('drift', () => {
  const metrics = async () => (await fetch(`${plane.origin}/metrics`, { headers: { authorization: `Bearer ${(await plane.as.admin('POST', '/tokens', { name: 'prometheus', role: 'viewer' })).body.token}` } })).text()

  test('is an alarm, once: in the list, in the metrics, as an event', async () => {
    const wanted = await desired()
    const serving = { ...wanted, sha256: 'd'.repeat(64) }
    for (let count = 0; count < 3; count++) await beat(serving)
    assert.equal(await state(), 'drift')
    assert.match(await metrics(), /^gateway_node_drift\{node="node-1"\} 1$/m)
    assert.match(await metrics(), /^gateway_fleet_nodes\{state="drift"\} 1$/m)
    assert.deepEqual((await events.first('drift')).data, { nodeId: 'node-1', serving, expected: wanted })
    assert.equal(events.events.filter(({ kind }) => kind === 'drift').length, 1)
  })

  test('ends when the node serves what it should', async () => {
    await beat(await desired())
    assert.equal(await state(), 'in_sync')
    assert.doesNotMatch(await metrics(), /gateway_node_drift\{/)
    await events.first('drift_ended')
  })

  test('is not claimed of a revision that is not kept any more', async () => {
    const wanted = await publishChange()
    await beat({ ...wanted, epoch: '01890000-0000-7000-8000-000000000000' })
    assert.equal(await state(), 'behind')
    await beat(wanted)
  })
})

test('metrics are for those who may see the fleet', async () => {
  assert.equal((await fetch(`${plane.origin}/metrics`)).status, 401)
})

test('what a node served is kept once a minute', async () => {
  await plane.db.nodeMinutes.destroy({ where: {} })
  const served = { ...nothingServed(), requests: 7, errors: 2 }
  const startedAt = new Date().toISOString()
  await beat(await desired(), { served, startedAt })
  await beat(await desired(), { served: { ...served, requests: 8 }, startedAt })
  const rows = await plane.db.nodeMinutes.findAll({ order: [['at', 'ASC']] })
  assert.ok(rows.length <= 2, 'two heartbeats lie in one minute, or one beside its turn')
  assert.deepEqual([Number(rows[0]?.requests), Number(rows[0]?.errors), rows[0]?.durations], [7, 2, served.durations])
})

describe('what a node makes known and its event', () => {
  /** While it holds, no delivery of a webhook can be written down: what comes with one must not be there either. */
  const refuseDeliveries = (refuse: boolean) => plane.db.sequelize.query(refuse ? 'ALTER TABLE webhook_deliveries ADD CONSTRAINT refused CHECK (false) NOT VALID' : 'ALTER TABLE webhook_deliveries DROP CONSTRAINT refused')
  const heard = (nodeId: string, serving: any) => noteHeartbeat(plane.deps, nodeId, heartbeatOf(serving), new Date(), null)
  const recorded = async () => (await plane.db.webhookDeliveries.findAll({ order: [['createdAt', 'ASC'], ['id', 'ASC']] })).map(({ kind }) => kind)

  before(async () => {
    await created(plane.as.admin, '/webhooks', { name: 'all', url: 'https://hooks.example/', events: ['applied', 'refusal', 'drift', 'drift_ended', 'node_appeared', 'node_unknown', 'node_online'] })
  })

  beforeEach(() => plane.db.webhookDeliveries.destroy({ where: {} }))

  /** Does it while no event can be recorded, which must fail and leave nothing, and once more when one can. */
  async function bothOrNeither(act: () => Promise<unknown>, state: () => Promise<unknown>): Promise<void> {
    const before = await state()
    await refuseDeliveries(true)
    try {
      await assert.rejects(act())
      assert.deepEqual(await state(), before)
    } finally {
      await refuseDeliveries(false)
    }
    await act()
    assert.notDeepEqual(await state(), before)
  }

  test('of an acknowledgement are there both or neither', async () => {
    const wanted = await publishChange()
    await bothOrNeither(() => noteAck(plane.deps, 'node-1', ackOf(wanted), new Date()), async () => (await plane.db.nodeAcks.findOne({ where: { nodeId: 'node-1', revision: wanted.revision } }))?.ack.result)
    assert.deepEqual(await recorded(), ['applied'])
  })

  test('of several that come at once is there once', async () => {
    const wanted = await publishChange()
    await Promise.all(Array.from({ length: 5 }, () => node('POST', '/node/ack', ackOf(wanted))))
    assert.deepEqual(await recorded(), ['applied'])
  })

  test('of a drift and its end are there both or neither', async () => {
    const wanted = await desired()
    const driftSince = async () => (await plane.db.nodes.findByPk('node-1'))?.driftSince
    await bothOrNeither(() => heard('node-1', { ...wanted, sha256: 'd'.repeat(64) }), driftSince)
    await bothOrNeither(() => heard('node-1', wanted), driftSince)
    assert.deepEqual(await recorded(), ['drift', 'drift_ended'])
  })

  test('of its presence are there both or neither', async () => {
    const presence = async () => (await plane.db.nodes.findByPk('node-1'))?.presence
    await plane.db.nodes.update({ lastHeartbeatAt: new Date(Date.now() - UNKNOWN_MS - 1) }, { where: {} })
    await bothOrNeither(() => notePresence(plane.deps, new Date()), presence)
    await bothOrNeither(async () => heard('node-1', await desired()), presence)
    assert.deepEqual(await recorded(), ['node_unknown', 'node_online'])
    await enrolNode(plane, 'node-2')
    await bothOrNeither(() => heard('node-2', null), async () => (await plane.db.nodes.findByPk('node-2'))?.lastHeartbeatAt)
    assert.deepEqual(await recorded(), ['node_unknown', 'node_online', 'node_appeared'])
  })
})
