import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { canonicalJson } from '../../../shared/snapshot/canonical.ts'
import { decodeSnapshot } from '../../../shared/snapshot/decode-snapshot.ts'
import type { ApiCall } from '../../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../../testing/control-plane.ts'
import { createSmallDraft, created, patched, publishDraft, type SmallDraft } from '../../testing/drafts.ts'
import { ackOf, enrolNode, heartbeatOf } from '../../testing/node.ts'

let plane: ControlPlane
let node: ApiCall
let draft: SmallDraft

before(async () => {
  plane = await startControlPlane()
  node = await enrolNode(plane, 'node-1')
})

after(() => plane.stop())

const nodeItem = async (id = 'node-1') => (await plane.as.viewer('GET', `/nodes/${id}`)).body
const rollout = async (revision: number) => (await plane.as.viewer('GET', `/snapshots/${revision}/rollout`)).body.nodes

describe('the configuration of a node', () => {
  test('is empty before the first publish', async () => {
    const { status, body } = await node('GET', '/node/config')
    assert.deepEqual([status, body], [204, null])
    assert.deepEqual((await node('POST', '/node/heartbeat', heartbeatOf(null))).body, { desired: null })
    assert.equal((await nodeItem()).behind, false)
  })

  test('is the snapshot it should serve, and its hash holds', async () => {
    draft = await createSmallDraft(plane.as.editor)
    const published = (await publishDraft(plane.as.publisher)).body
    const { status, body } = await node('GET', '/node/config')
    assert.equal(status, 200)
    assert.deepEqual(body.desired, { epoch: published.epoch, revision: 1, sha256: published.sha256 })
    const decoded = decodeSnapshot(body.snapshot)
    assert.ok(decoded.ok, JSON.stringify(decoded.issues))
    assert.equal(createHash('sha256').update(canonicalJson(decoded.value.content)).digest('hex'), body.desired.sha256)
  })

  test('is not sent to a node that has it', async () => {
    const { epoch } = (await node('GET', '/node/config')).body.desired
    const current = await node('GET', `/node/config?have=${epoch}.1`)
    assert.deepEqual([current.status, current.body], [304, null])
    assert.equal((await node('GET', `/node/config?have=${epoch}.7`)).status, 200)
    assert.equal((await node('GET', '/node/config?have=01890000-0000-7000-8000-000000000000.1')).status, 200)
    assert.equal((await node('GET', '/node/config?have=1')).body.error.issues[0].path, '/have')
  })

  test('is there at once for a node that comes later', async () => {
    const late = await enrolNode(plane, 'node-late')
    assert.equal((await late('GET', '/node/config')).body.desired.revision, 1)
  })
})

describe('what a node reports', () => {
  test('shows in the rollout and in the list of nodes, thread by thread', async () => {
    const { desired } = (await node('GET', '/node/config')).body
    assert.deepEqual((await rollout(1)).map((entry: any) => [entry.nodeId, entry.state]), [['node-1', 'pending'], ['node-late', 'pending']])

    const issue = { path: '/listeners/0', code: 'port_in_use', message: 'taken', severity: 'error' as const }
    assert.equal((await node('POST', '/node/ack', ackOf(desired, { result: 'applied_with_issues', issues: [issue] }))).status, 204)
    const [entry] = await rollout(1)
    assert.deepEqual([entry.state, entry.issues, entry.threads.length, entry.persisted], ['applied_with_issues', [issue], 2, true])

    assert.equal((await node('POST', '/node/ack', ackOf(desired))).status, 204)
    assert.equal((await rollout(1))[0].state, 'applied')
    assert.equal((await nodeItem()).ack.result, 'applied')
  })

  test('about a snapshot that is not known, or is another one, is refused', async () => {
    const { desired } = (await node('GET', '/node/config')).body
    assert.equal((await node('POST', '/node/ack', ackOf({ ...desired, revision: 99 }))).status, 404)
    assert.equal((await node('POST', '/node/ack', ackOf({ ...desired, sha256: '0'.repeat(64) }))).body.error.code, 'conflict')
    assert.equal((await rollout(1))[0].state, 'applied')
  })

  test('tells whether it is online and behind', async () => {
    const { desired } = (await node('GET', '/node/config')).body
    const before = await nodeItem()
    assert.deepEqual([before.behind, before.stale], [true, false])
    const { status, body } = await node('POST', '/node/heartbeat', heartbeatOf(desired, { labels: { zone: 'a' } }))
    assert.deepEqual([status, body], [200, { desired }])
    const now = await nodeItem()
    assert.deepEqual([now.online, now.behind, now.serving, now.labels, now.heartbeat.threads], [true, false, desired, { zone: 'a' }, 2])

    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: 'next' })
    const next = (await publishDraft(plane.as.publisher)).body
    assert.deepEqual((await node('POST', '/node/heartbeat', heartbeatOf(desired))).body.desired.revision, next.revision)
    assert.deepEqual([(await nodeItem()).behind, (await nodeItem()).ack], [true, null])
    assert.equal((await rollout(1)).find((entry: any) => entry.nodeId === 'node-1').state, 'applied', 'what it did with the old one stays known')

    await plane.db.nodes.update({ lastHeartbeatAt: new Date(Date.now() - 60_000) }, { where: { id: 'node-1' } })
    assert.equal((await nodeItem()).online, false)
  })

  test('is refused with every issue when it is malformed', async () => {
    const { body } = await node('POST', '/node/heartbeat', { ...heartbeatOf(null), threads: -1, colour: 'red' })
    assert.deepEqual(body.error.issues.map((issue: any) => issue.path).sort(), ['/colour', '/threads'])
  })
})

test('what a certificate authority is answered is told to nodes that ask for its token, and to nobody else', async () => {
  await plane.db.acmeChallenges.create({ token: 'known', keyAuthorization: 'known.thumbprint', name: 'shop.test', createdAt: new Date() })
  const { status, body } = await node('GET', '/node/acme/known')
  assert.deepEqual([status, body], [200, { token: 'known', keyAuthorization: 'known.thumbprint' }])
  for (const token of ['unknown', 'a'.repeat(300), '%00', "'"]) assert.equal((await node('GET', `/node/acme/${token}`)).status, 404, token)
  for (const call of [plane.as.admin, plane.as.anonymous]) assert.ok([401, 403].includes((await call('GET', '/node/acme/known')).status))
})

describe('the token of a node', () => {
  test('opens the node API and nothing else', async () => {
    for (const path of ['/nodes', '/routes', '/session', '/audit']) assert.equal((await node('GET', path)).status, 403, path)
  })

  test('is shown once and stored as a hash', async () => {
    const { token } = await created(plane.as.admin, '/nodes', { id: 'node-secret', labels: { zone: 'b' } })
    const row = await plane.db.nodes.findByPk('node-secret')
    assert.equal(row?.tokenHash, createHash('sha256').update(token).digest('hex'))
    assert.ok(!JSON.stringify((await plane.as.admin('GET', '/nodes')).body).includes(token))
    assert.ok(!JSON.stringify((await plane.as.admin('GET', '/audit')).body).includes(token))
  })

  test('that is replaced or revoked is refused at once', async () => {
    const { token: first } = await created(plane.as.admin, '/nodes', { id: 'node-2' })
    const { token: second } = (await plane.as.admin('POST', '/nodes/node-2/token')).body
    assert.equal((await plane.withToken(first)('GET', '/node/config')).status, 401)
    assert.equal((await plane.withToken(second)('GET', '/node/config')).status, 200)
    assert.equal((await plane.as.admin('DELETE', '/nodes/node-2')).status, 204)
    assert.equal((await plane.withToken(second)('GET', '/node/config')).status, 401)
    assert.equal((await plane.as.viewer('GET', '/nodes/node-2')).status, 404)
    assert.equal((await plane.as.admin('DELETE', '/nodes/node-2')).status, 404)
  })

  test('is given to one node of a name only', async () => {
    await created(plane.as.admin, '/nodes', { id: 'node-3' })
    const again = await plane.as.admin('POST', '/nodes', { id: 'node-3' })
    assert.deepEqual([again.status, again.body.error.code], [409, 'name_taken'])
    const wrong = await plane.as.admin('POST', '/nodes', { id: '../x' })
    assert.equal(wrong.body.error.issues[0].path, '/id')
  })
})
