import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, patched, publishDraft, type SmallDraft } from '../testing/drafts.ts'
import { ackOf, enrolNode, heartbeatOf } from '../testing/node.ts'
import { signIn } from '../testing/sign-in.ts'
import { verifyAudit } from '../audit/verify-audit.ts'
import { DEFAULT_RETENTION } from '../retention.ts'
import { runHousekeeping } from './housekeeping.ts'

const DAY_MS = 24 * 3600_000
const daysFromNow = (days: number) => new Date(Date.now() + days * DAY_MS)

let plane: ControlPlane
let draft: SmallDraft

before(async () => {
  plane = await startControlPlane()
  draft = await createSmallDraft(plane.as.editor)
})

after(() => plane.stop())

const revisions = async () => (await plane.as.viewer('GET', '/snapshots?limit=1000')).body.items.map((item: any) => item.revision).reverse()

const removed = (result: object) => Object.fromEntries(Object.entries(result).filter(([, count]) => count !== 0))

/** So that the nodes are not taken for gone then. */
const hearAgainIn91Days = () => plane.db.nodes.update({ lastHeartbeatAt: daysFromNow(91) }, { where: {} })

async function publishMany(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: String(Math.random()) })
    assert.equal((await publishDraft(plane.as.publisher)).status, 201)
  }
}

test('nothing is removed while it is of use', async () => {
  await signIn(plane)
  await enrolNode(plane, 'node-new')
  await publishMany(1)
  assert.deepEqual(removed(await runHousekeeping(plane.db, new Date())), {})
})

test('sessions that nobody can use and tokens that expired long ago go', async () => {
  const token = (await plane.as.admin('POST', '/tokens', { name: 'old', role: 'viewer', expiresAt: daysFromNow(1).toISOString() })).body
  assert.deepEqual(removed(await runHousekeeping(plane.db, daysFromNow(20))), { sessions: 1 })
  assert.equal((await runHousekeeping(plane.db, daysFromNow(40))).tokens, 1)
  assert.equal(await plane.db.apiTokens.count({ where: { id: token.id } }), 0)
})

describe('a node', () => {
  test('that is silent for a day is marked, and removed after 90 days, in the audit too', async () => {
    const node = await enrolNode(plane, 'node-silent')
    await node('POST', '/node/heartbeat', heartbeatOf(null))
    await plane.db.nodes.update({ lastHeartbeatAt: daysFromNow(-2) }, { where: { id: 'node-silent' } })
    assert.equal((await plane.as.viewer('GET', '/nodes/node-silent')).body.stale, true)
    assert.equal((await runHousekeeping(plane.db, new Date())).nodes, 0)
    await plane.db.nodes.update({ lastHeartbeatAt: daysFromNow(-91) }, { where: { id: 'node-silent' } })
    assert.equal((await runHousekeeping(plane.db, new Date())).nodes, 1)
    assert.equal((await node('GET', '/node/config')).status, 401)
    const [row] = (await plane.as.viewer('GET', '/audit?action=nodes.delete&resourceId=node-silent')).body.items
    assert.equal(row.actor, 'housekeeping')
    assert.equal((await verifyAudit(plane.db, null)).problem, null)
  })
})

describe('snapshots', () => {
  test('older than 90 days go, but never the last 20, the live one, or one that a node should serve', async () => {
    const node = await enrolNode(plane, 'node-behind')
    const { desired } = (await node('GET', '/node/config')).body
    await node('POST', '/node/ack', ackOf(desired))
    await publishMany(25)
    const before = await revisions()
    // A node that is held at an old revision.
    await plane.db.desired.update(desired, { where: { nodeId: 'node-behind' } })
    await hearAgainIn91Days()

    assert.equal((await runHousekeeping(plane.db, daysFromNow(89))).snapshots, 0)
    const { snapshots } = await runHousekeeping(plane.db, daysFromNow(91))
    assert.deepEqual(await revisions(), [desired.revision, ...before.slice(-20)])
    assert.equal(snapshots, before.length - 21)
  })

  test('that are pinned stay, and days and number can be set', async () => {
    const [oldest] = await revisions()
    await plane.as.publisher('POST', `/snapshots/${oldest}/pin`, { note: 'known good' })
    await plane.db.desired.destroy({ where: {} })
    await publishMany(3)
    const all = await revisions()
    const { snapshots } = await runHousekeeping(plane.db, new Date(), { ...DEFAULT_RETENTION, snapshots: 21 })
    assert.deepEqual(await revisions(), [oldest, ...all.slice(-21)])
    assert.equal(snapshots, all.length - 22)
    assert.equal((await runHousekeeping(plane.db, daysFromNow(3), { ...DEFAULT_RETENTION, snapshotDays: 2 })).snapshots, 1)
    assert.deepEqual(await revisions(), [oldest, ...all.slice(-20)])
    await plane.as.publisher('DELETE', `/snapshots/${oldest}/pin`)
  })

  test('take the reports about them along', async () => {
    const node = await enrolNode(plane, 'node-reporting')
    const { desired } = (await node('GET', '/node/config')).body
    await node('POST', '/node/ack', ackOf(desired))
    await publishMany(21)
    await plane.db.desired.destroy({ where: {} })
    await hearAgainIn91Days()
    const { acks, snapshots } = await runHousekeeping(plane.db, daysFromNow(91))
    assert.ok(snapshots > 0)
    assert.equal(acks, 2)
    assert.equal(await plane.db.nodeAcks.count(), 0)
  })
})
