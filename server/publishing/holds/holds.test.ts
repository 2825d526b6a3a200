import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { type RedisServer, startRedis } from '../../../scripts/services/redis.ts'
import { nothingServed } from '../../../shared/traffic/served.ts'
import type { ApiAnswer, ApiCall } from '../../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../../testing/control-plane.ts'
import { createSmallDraft, patched, publishDraft, type SmallDraft } from '../../testing/drafts.ts'
import { type EventListener, listenToEvents } from '../../testing/event-listener.ts'
import { ackOf, enrolNode, heartbeatOf } from '../../testing/node.ts'
import { settleHold } from './settle-hold.ts'

const NAMES = ['node-1', 'node-2', 'node-3']
const SECOND = 1000

let redis: RedisServer
let plane: ControlPlane
let events: EventListener
let draft: SmallDraft
const nodes: Record<string, ApiCall> = {}
const startedAt = new Date().toISOString()
/** What each node says that it answered, and how many of that 5xx. */
let counted: Record<string, [requests: number, errors: number]>

before(async () => {
  redis = await startRedis()
  plane = await startControlPlane({ redisUrl: redis.url })
  for (const name of NAMES) nodes[name] = await enrolNode(plane, name)
  draft = await createSmallDraft(plane.as.editor)
  await publishDraft(plane.as.publisher)
})

after(async () => {
  await plane.stop()
  await redis.stop()
})

beforeEach(async () => {
  counted = Object.fromEntries(NAMES.map((name) => [name, [1000, 1]]))
  events = await listenToEvents(redis.url)
  await everyNodeFollows()
})

afterEach(async () => {
  events.stop()
  await plane.as.publisher('POST', '/config/canary/abort')
  await plane.as.publisher('POST', '/config/discard')
})

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * SECOND)
const settle = (now = new Date()) => settleHold(plane.deps, now)
const validate = async () => (await plane.as.viewer('POST', '/config/validate')).body
const live = async () => (await validate()).live
const hold = async () => (await plane.as.viewer('GET', '/config/hold')).body.hold
const error = ({ status, body }: ApiAnswer) => [status, body.error?.code]
const desiredOf = async (name: string) => (await plane.as.viewer('GET', `/nodes/${name}`)).body.desired
const desired = async () => Promise.all(NAMES.map(async (name) => (await desiredOf(name)).revision))
const edit = () => patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: String(Math.random()) })

/** A heartbeat that says the node serves what it should. */
async function beat(name: string, more = {}) {
  const [requests, errors] = counted[name]!
  const served = { ...nothingServed(), requests, errors }
  return nodes[name]!('POST', '/node/heartbeat', heartbeatOf(await desiredOf(name), { startedAt, served, ...more }))
}

async function everyNodeFollows() {
  for (const name of NAMES) await beat(name)
}

async function publishChange(more: object) {
  await edit()
  const { status, body } = await publishDraft(plane.as.publisher, { acknowledgeRollback: true, ...more })
  assert.equal(status, 201, JSON.stringify(body))
  return body
}

const canary = { nodes: ['node-1'], holdSeconds: 30, maxErrorRateIncrease: 0.05 }

/** As if the hold were over by now; heartbeats cannot come from the future. */
async function holdIsOver() {
  await settle()
  const [count] = await plane.db.holds.update({ holdUntil: new Date(Date.now() - 1) }, { where: { outcome: null } })
  assert.equal(count, 1)
}

describe('a canary', () => {
  test('goes to its nodes only; the others, and new ones, keep the revision before', async () => {
    const before = (await live()).revision
    const { revision, nodes: chosen } = await publishChange({ canary })
    assert.deepEqual(chosen, ['node-1'])
    assert.deepEqual(await desired(), [revision, before, before])
    await enrolNode(plane, 'new')
    assert.equal((await desiredOf('new')).revision, before)
    await plane.as.admin('DELETE', '/nodes/new')
    const { canary: held, restores, outcome } = await hold()
    assert.deepEqual([held.nodes, held.holdUntil, restores, outcome], [['node-1'], null, before, null])
  })

  test('keeps publish and rollback out', async () => {
    await publishChange({ canary })
    await edit()
    assert.deepEqual(error(await publishDraft(plane.as.publisher)), [409, 'canary_in_progress'])
    assert.deepEqual(error(await plane.as.publisher('POST', '/config/rollback', { revision: 1 })), [409, 'canary_in_progress'])
  })

  test('that holds is promoted to all, with the reason in the audit; only when the whole hold was heard of', async () => {
    const { revision } = await publishChange({ canary })
    assert.equal(await settle(), 'held')
    assert.equal((await hold()).canary.holdUntil, null, 'the hold begins when the node serves it')
    await beat('node-1')
    await holdIsOver()
    assert.equal(await settle(), 'held', 'the node was not heard of since the hold ended')
    counted['node-1'] = [1100, 1]
    await beat('node-1')
    assert.deepEqual((await hold()).canary.figures.map(({ now }: any) => [now.requests, now.errors]), [[100, 0]])
    assert.equal(await settle(), 'promoted')
    assert.equal(await settle(), 'nothing held')
    assert.deepEqual(await desired(), [revision, revision, revision])
    assert.equal(await hold(), null)
    const [audit] = (await plane.as.viewer('GET', '/audit?action=config.canary_promote&limit=1')).body.items
    assert.deepEqual([audit.actor, audit.resourceId, audit.after.reason], ['control-jobs', String(revision), '30 s without regression (100 requests, 0 answers 5xx)'])
    assert.equal((await events.first('canary_promoted')).data.revision, revision)
  })

  test('with more answers 5xx than before goes back at once, as a new revision for all', async () => {
    const before = await live()
    const { revision } = await publishChange({ canary })
    await beat('node-1')
    await settle()
    counted['node-1'] = [1100, 31]
    await beat('node-1')
    assert.equal(await settle(), 'rolled back')
    const now = await live()
    assert.deepEqual([now.revision, now.sha256], [revision + 1, before.sha256])
    assert.deepEqual(await desired(), [revision + 1, revision + 1, revision + 1])
    assert.equal((await validate()).behindRollback, true)
    const { data } = await events.first('canary_rolled_back')
    assert.match(data.reason, /^answers 5xx rose from 0\.1 % to 30\.0 % \(30 of 100 requests\)/)
    const [audit] = (await plane.as.viewer('GET', '/audit?action=config.canary_roll_back&limit=1')).body.items
    assert.deepEqual([audit.after.reason, audit.after.restored], [data.reason, revision + 1])
  })

  test('goes back when its node refuses it', async () => {
    await publishChange({ canary })
    const wanted = await desiredOf('node-1')
    await nodes['node-1']!('POST', '/node/ack', ackOf(wanted, { result: 'refused' }))
    assert.equal(await settle(), 'rolled back')
    assert.match((await events.first('canary_rolled_back')).data.reason, /node-1 refused it/)
  })

  test('goes back when its node drifts', async () => {
    await publishChange({ canary })
    await beat('node-1', { serving: { ...(await desiredOf('node-1')), sha256: 'd'.repeat(64) } })
    assert.equal(await settle(), 'rolled back')
  })

  test('goes back when its node stays away while others are heard of, not when nobody is', async () => {
    await publishChange({ canary })
    await beat('node-1')
    await settle()
    const silent = (name: string) => plane.db.nodes.update({ lastHeartbeatAt: inSeconds(-16) }, { where: { id: name } })
    for (const name of NAMES) await silent(name)
    assert.equal(await settle(), 'held')
    await beat('node-2')
    assert.equal(await settle(), 'held', 'nodes may be heard of one after the other')
    await beat('node-1')
    assert.equal(await settle(), 'held')
    await silent('node-1')
    assert.equal(await settle(), 'held')
    await plane.db.canaryNodes.update({ awaySince: inSeconds(-11) }, { where: { nodeId: 'node-1' } })
    await beat('node-2')
    assert.equal(await settle(), 'rolled back')
    assert.match((await events.first('canary_rolled_back')).data.reason, /node-1 went away/)
  })

  test('goes back when its node does not come to serve it', async () => {
    await publishChange({ canary })
    assert.equal(await settle(inSeconds(100)), 'held')
    assert.equal(await settle(inSeconds(121)), 'rolled back')
  })

  test('is decided about once, however many look', async () => {
    const { revision } = await publishChange({ canary })
    const wanted = await desiredOf('node-1')
    await nodes['node-1']!('POST', '/node/ack', ackOf(wanted, { result: 'refused' }))
    const settled = await Promise.all(Array.from({ length: 8 }, () => settle()))
    assert.equal(settled.filter((outcome) => outcome === 'rolled back').length, 1, settled.join())
    assert.equal((await live()).revision, revision + 1)
  })

  test('is promoted or aborted by a person', async () => {
    const { revision } = await publishChange({ canary })
    assert.equal((await plane.as.publisher('POST', '/config/canary/promote')).status, 204)
    assert.deepEqual(await desired(), [revision, revision, revision])
    assert.deepEqual(error(await plane.as.publisher('POST', '/config/canary/promote')), [409, 'no_hold'])
    await everyNodeFollows()
    await publishChange({ canary })
    assert.equal((await plane.as.publisher('POST', '/config/canary/abort', { reason: 'too warm' })).status, 204)
    assert.equal((await live()).revision, revision + 2)
    assert.equal((await events.first('canary_rolled_back')).data.reason, 'too warm')
    assert.deepEqual(error(await plane.as.publisher('POST', '/config/canary/abort')), [409, 'no_hold'])
  })

  test('takes a share of the nodes that are heard of', async () => {
    const { nodes: chosen } = await publishChange({ canary: { percent: 67, holdSeconds: 30 } })
    assert.equal(chosen.length, 2)
  })

  test('is refused of nodes that are not there, that are away, or with no choice made', async () => {
    await edit()
    const refused = async (wanted: object) => publishDraft(plane.as.publisher, { acknowledgeRollback: true, canary: { holdSeconds: 30, ...wanted } })
    const unknown = await refused({ nodes: ['node-1', 'node-9'] })
    assert.deepEqual([unknown.status, unknown.body.error.issues.map((issue: any) => issue.path)], [400, ['/canary/nodes/1']])
    assert.equal((await refused({})).status, 400)
    assert.equal((await refused({ nodes: ['node-1'], percent: 10 })).status, 400)
    await plane.db.nodes.update({ lastHeartbeatAt: inSeconds(-20) }, { where: { id: 'node-2' } })
    assert.deepEqual(error(await refused({ nodes: ['node-2'] })), [409, 'canary_not_possible'])
    assert.equal(await hold(), null)
  })

  test('protects what it may go back to', async () => {
    const other = await createSmallDraft(plane.as.editor, 'other', 20_009)
    await publishDraft(plane.as.publisher, { acknowledgeRollback: true })
    const { etag } = Object.fromEntries([['etag', (await plane.as.viewer('GET', `/routes/${other.routeId}`)).headers.get('etag')]])
    await plane.as.editor('DELETE', `/routes/${other.routeId}`, undefined, { 'if-match': etag ?? '' })
    assert.equal((await publishDraft(plane.as.publisher, { confirmWithinSeconds: 60 })).status, 201)
    const answer = await plane.as.editor('DELETE', `/upstreams/${other.upstreamId}`, undefined, { 'if-match': '"1"' })
    assert.deepEqual(error(answer), [409, 'still_referenced'])
    const { revision } = await live()
    assert.equal((await plane.as.publisher('POST', '/config/confirm', { revision })).status, 204)
    assert.equal((await plane.as.editor('DELETE', `/upstreams/${other.upstreamId}`, undefined, { 'if-match': '"1"' })).status, 204)
  })
})

describe('a publish that has to be confirmed', () => {
  test('goes to all, and stays when it is confirmed in time', async () => {
    const { revision } = await publishChange({ confirmWithinSeconds: 60 })
    assert.deepEqual(await desired(), [revision, revision, revision])
    assert.deepEqual(error(await plane.as.publisher('POST', '/config/confirm', { revision: revision - 1 })), [409, 'no_hold'])
    await edit()
    assert.deepEqual(error(await publishDraft(plane.as.publisher)), [409, 'confirmation_pending'])
    assert.equal((await plane.as.publisher('POST', '/config/confirm', { revision })).status, 204)
    assert.equal(await settle(inSeconds(61)), 'nothing held')
    assert.equal((await live()).revision, revision)
    assert.equal((await events.first('confirmed')).data.revision, revision)
  })

  test('goes back by itself when it is not', async () => {
    const before = await live()
    const { revision } = await publishChange({ confirmWithinSeconds: 60 })
    assert.equal(await settle(inSeconds(59)), 'held')
    assert.equal(await settle(inSeconds(61)), 'rolled back')
    const now = await live()
    assert.deepEqual([now.revision, now.sha256], [revision + 1, before.sha256])
    assert.deepEqual(await desired(), [revision + 1, revision + 1, revision + 1])
    assert.match((await events.first('unconfirmed_rolled_back')).data.reason, /^not confirmed until/)
  })

  test('cannot be confirmed when the time is over, though nothing went back yet', async () => {
    const { revision } = await publishChange({ confirmWithinSeconds: 60 })
    await plane.db.holds.update({ confirmUntil: inSeconds(-1) }, { where: { outcome: null } })
    assert.deepEqual(error(await plane.as.publisher('POST', '/config/confirm', { revision })), [409, 'no_hold'])
    assert.equal(await settle(), 'rolled back')
  })

  test('is taken back at once by a person, with the reason; without one there is nothing to take back', async () => {
    const before = await live()
    const { revision } = await publishChange({ confirmWithinSeconds: 60 })
    assert.equal((await plane.as.publisher('POST', '/config/unconfirmed/abort', { reason: 'the shop is down' })).status, 204)
    assert.deepEqual([(await live()).sha256, await desired()], [before.sha256, [revision + 1, revision + 1, revision + 1]])
    assert.equal((await events.first('unconfirmed_rolled_back')).data.reason, 'the shop is down')
    assert.deepEqual(error(await plane.as.publisher('POST', '/config/unconfirmed/abort')), [409, 'no_hold'])
    await everyNodeFollows()
    await publishChange({ canary })
    assert.deepEqual(error(await plane.as.publisher('POST', '/config/unconfirmed/abort')), [409, 'no_hold'])
    assert.equal((await plane.as.publisher('POST', '/config/canary/abort')).status, 204)
  })

  test('may be rolled back by a person, who decides for the clock', async () => {
    const before = (await live()).revision
    const { revision } = await publishChange({ confirmWithinSeconds: 60 })
    assert.equal((await plane.as.publisher('POST', '/config/rollback', { revision: before })).status, 201)
    assert.equal(await settle(inSeconds(61)), 'nothing held')
    assert.equal((await live()).revision, revision + 1)
  })

  test('and be a canary, has to hold and be confirmed', async () => {
    const { revision } = await publishChange({ canary, confirmWithinSeconds: 600 })
    assert.equal((await plane.as.publisher('POST', '/config/canary/promote')).status, 204)
    assert.deepEqual([await desired(), (await hold()).outcome], [[revision, revision, revision], null])
    assert.equal(await settle(inSeconds(599)), 'held')
    assert.equal(await settle(inSeconds(601)), 'rolled back')
    await everyNodeFollows()
    const next = await publishChange({ canary, confirmWithinSeconds: 600 })
    assert.equal((await plane.as.publisher('POST', '/config/confirm', { revision: next.revision })).status, 204)
    assert.deepEqual(error(await publishDraft(plane.as.publisher)), [409, 'canary_in_progress'])
    assert.equal((await plane.as.publisher('POST', '/config/canary/promote')).status, 204)
    assert.equal(await hold(), null)
  })

  test('or a canary cannot be the first publish', async () => {
    const fresh = await startControlPlane()
    try {
      assert.deepEqual(error(await publishDraft(fresh.as.publisher, { confirmWithinSeconds: 60 })), [409, 'canary_not_possible'])
    } finally {
      await fresh.stop()
    }
  })
})
