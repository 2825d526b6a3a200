import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, patched, publishDraft, removed, type SmallDraft } from '../testing/drafts.ts'
import { enrolNode } from '../testing/node.ts'

let plane: ControlPlane
let draft: SmallDraft

before(async () => {
  plane = await startControlPlane()
  await enrolNode(plane, 'node-1')
  draft = await createSmallDraft(plane.as.editor)
  await publishDraft(plane.as.publisher)
  await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { idleMs: 2 } })
  await publishDraft(plane.as.publisher)
})

after(() => plane.stop())

const validate = async () => (await plane.as.viewer('POST', '/config/validate')).body
const rollback = (revision: number) => plane.as.publisher('POST', '/config/rollback', { revision, note: 'back' })
const idleMs = async () => (await plane.as.viewer('GET', `/upstreams/${draft.upstreamId}`)).body.connection.idleMs

describe('a rollback', () => {
  test('publishes the old content as a new revision and leaves the draft alone', async () => {
    const { status, body } = await rollback(1)
    assert.deepEqual([status, body.revision, body.nodes], [201, 3, ['node-1']])
    const [one, three] = await Promise.all([1, 3].map(async (revision) => (await plane.as.viewer('GET', `/snapshots/${revision}`)).body))
    assert.deepEqual([three.sha256, three.content, three.note, three.contentOf, one.contentOf], [one.sha256, one.content, 'back', 1, null])
    assert.deepEqual((await plane.as.viewer('GET', '/snapshots')).body.items.map(({ contentOf }: { contentOf: number | null }) => contentOf), [1, null, null])
    assert.equal(await idleMs(), 2)
    assert.equal((await validate()).behindRollback, true)
    assert.equal((await plane.as.viewer('GET', '/nodes/node-1')).body.desired.revision, 3)
  })

  test('to what is live changes nothing', async () => {
    const { status, body } = await rollback(1)
    assert.deepEqual([status, body.unchanged, body.revision], [200, true, 3])
  })

  test('holds the next publish up until it is acknowledged', async () => {
    const held = await publishDraft(plane.as.publisher)
    assert.deepEqual([held.status, held.body.error.code], [409, 'behind_rollback'])
    const { status, body } = await publishDraft(plane.as.publisher, { acknowledgeRollback: true })
    assert.deepEqual([status, body.revision], [201, 4])
    assert.equal((await validate()).behindRollback, false)
  })

  test('marks no draft that already is what it goes back to', async () => {
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { idleMs: null } })
    assert.equal((await rollback(1)).status, 201)
    assert.equal((await validate()).behindRollback, false)
  })

  test('mark goes when the draft is edited to what is live and published', async () => {
    assert.equal((await rollback(2)).status, 201)
    assert.equal((await validate()).behindRollback, true)
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { idleMs: 2 } })
    const { status, body } = await publishDraft(plane.as.publisher)
    assert.deepEqual([status, body.unchanged], [200, true])
    assert.equal((await validate()).behindRollback, false)
  })

  test('to a revision that is not there is not found', async () => {
    assert.equal((await rollback(999)).status, 404)
  })

  test('is held against the rules of today; what is live stays', async () => {
    const live = (await validate()).live
    const old = await plane.db.snapshots.findOne({ where: { revision: 1 } })
    const content = JSON.parse(old?.content ?? '')
    content.routes.push({ ...content.routes[0], id: '01890000-0000-7000-8000-000000000000', name: 'twin' })
    // As an older version of this program may have published it.
    await plane.db.snapshots.create({ epoch: live.epoch, revision: 900, schemaVersion: 1, createdBy: 'old', createdAt: new Date(), note: '', sha256: '0'.repeat(64), content: JSON.stringify(content) })
    const answer = await rollback(900)
    assert.deepEqual([answer.status, answer.body.error.code], [422, 'config_invalid'])
    assert.ok(answer.body.error.issues.some((issue: any) => issue.code === 'route_conflict'))
    content.routes[1].priority = 'high'
    await plane.db.snapshots.create({ epoch: live.epoch, revision: 901, schemaVersion: 1, createdBy: 'old', createdAt: new Date(), note: '', sha256: '0'.repeat(64), content: JSON.stringify(content) })
    assert.deepEqual((await rollback(901)).body.error.issues.map((issue: any) => issue.path), ['/routes/1/priority'])
    assert.deepEqual((await validate()).live, live)
  })
})

describe('discard', () => {
  test('sets the draft back to what is live: changed, added, deleted and renamed resources', async () => {
    await publishDraft(plane.as.publisher, { acknowledgeRollback: true })
    const other = await createSmallDraft(plane.as.editor, 'other', 20_001)
    await publishDraft(plane.as.publisher)
    const before = await plane.as.viewer('GET', '/config/diff?from=live&to=draft')
    assert.deepEqual(before.body.changes, [])

    await created(plane.as.editor, '/listeners', { name: 'added', protocol: 'http', port: 20_002 })
    await removed(plane.as.editor, `/routes/${other.routeId}`)
    await patched(plane.as.editor, `/routes/${draft.routeId}`, { name: 'aside' })
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { name: 'swap' })
    await patched(plane.as.editor, `/upstreams/${other.upstreamId}`, { name: 'small' })
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { name: 'other', enabled: false })

    const { status, body } = await plane.as.editor('POST', '/config/discard')
    assert.deepEqual([status, body.changed], [200, 5])
    assert.deepEqual((await plane.as.viewer('GET', '/config/diff?from=live&to=draft')).body.changes, [])
    assert.deepEqual((await validate()).draftHash, (await validate()).live.sha256)
    const audit = (await plane.as.viewer('GET', '/audit?action=config.discard&limit=1')).body.items[0]
    assert.deepEqual(audit.after.changes.map((change: any) => `${change.change} ${change.kind}`).sort(), ['added routes', 'changed routes', 'changed upstreams', 'changed upstreams', 'removed listeners'])
  })

  test('brings the protection of references back', async () => {
    const { id } = await created(plane.as.editor, '/upstreams', { name: 'meanwhile' })
    await patched(plane.as.editor, `/routes/${draft.routeId}`, { upstreamId: id })
    await plane.as.editor('POST', '/config/discard')
    const answer = await removed(plane.as.editor, `/upstreams/${draft.upstreamId}`)
    assert.ok(answer.body.error.referrers.some((referrer: any) => referrer.in === 'draft'), JSON.stringify(answer.body))
  })

  test('counts versions on, so that an editor who had the old one is told', async () => {
    const { version } = await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { idleMs: 8 } })
    await plane.as.editor('POST', '/config/discard')
    const answer = await plane.as.editor('PATCH', `/upstreams/${draft.upstreamId}`, { connection: { idleMs: 9 } }, { 'if-match': `"${version}"` })
    assert.equal(answer.status, 412)
  })

  test('ends the mark of a rollback', async () => {
    await rollback(1)
    assert.equal((await validate()).behindRollback, true)
    await plane.as.editor('POST', '/config/discard')
    assert.equal((await validate()).behindRollback, false)
    assert.equal((await plane.as.viewer('GET', '/listeners')).body.items.length, 1)
  })

  test('has nothing to go back to before the first publish', async () => {
    const fresh = await startControlPlane()
    try {
      assert.equal((await fresh.as.editor('POST', '/config/discard')).status, 409)
      assert.equal((await publishDraft(fresh.as.publisher)).status, 201, 'an empty configuration can be published')
      await createSmallDraft(fresh.as.editor)
      assert.equal((await fresh.as.editor('POST', '/config/discard')).body.changed, 3)
    } finally {
      await fresh.stop()
    }
  })
})
