import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ApiAnswer } from '../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, patched, publishDraft, removed, type SmallDraft } from '../testing/drafts.ts'

let plane: ControlPlane
let draft: SmallDraft

before(async () => {
  plane = await startControlPlane()
  draft = await createSmallDraft(plane.as.editor)
  await publishDraft(plane.as.publisher, { note: 'first of all' })
  await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { idleMs: 2 } })
  await publishDraft(plane.as.publisher, { note: '100% of second_one' })
})

after(() => plane.stop())

const error = (answer: ApiAnswer) => [answer.status, answer.body.error?.code]
const revisions = async (query: string): Promise<number[]> => (await plane.as.viewer('GET', `/snapshots?${query}`)).body.items.map((item: any) => item.revision)
const restore = (revision: number, kind: string, id: string, version = 0) => plane.as.editor('POST', `/snapshots/${revision}/restore`, { kind, id, version })

describe('the list of revisions', () => {
  test('is narrowed down by author, note and time', async () => {
    const [second, first] = (await plane.as.viewer('GET', '/snapshots')).body.items
    assert.deepEqual(await revisions('note=FIRST'), [1])
    assert.deepEqual(await revisions('note=0%25 of second_'), [2])
    assert.deepEqual(await revisions('note=f%25t'), [])
    assert.deepEqual(await revisions('createdBy=PUBLISHER'), [2, 1])
    assert.deepEqual(await revisions('createdBy=somebody'), [])
    assert.deepEqual(await revisions(`since=${second.createdAt}`), [2])
    assert.deepEqual(await revisions(`until=${second.createdAt}`), [1])
    assert.deepEqual(await revisions(`since=${first.createdAt}&until=${second.createdAt}`), [1])
    assert.equal((await plane.as.viewer('GET', '/snapshots?since=yesterday')).status, 400)
  })

  test('goes with the content of each, which is what its hash is of', async () => {
    const { content } = (await plane.as.viewer('GET', '/snapshots/2')).body
    assert.deepEqual((await plane.as.viewer('GET', '/snapshots/2/content')).body, content)
    assert.equal((await plane.as.viewer('GET', '/snapshots/99/content')).status, 404)
  })
})

describe('a pin', () => {
  test('is set with a note, changed, listed and taken away', async () => {
    const { body } = await plane.as.publisher('POST', '/snapshots/1/pin', { note: 'before the fair' })
    assert.deepEqual([body.revision, body.pin.note, body.pin.pinnedBy], [1, 'before the fair', 'token:test publisher'])
    assert.equal((await plane.as.publisher('POST', '/snapshots/1/pin', { note: 'known good' })).body.pin.note, 'known good')
    assert.deepEqual(await revisions('pinned=true'), [1])
    assert.deepEqual(await revisions('pinned=false'), [2])
    assert.equal((await plane.as.viewer('GET', '/snapshots/1')).body.pin.note, 'known good')
    assert.equal((await plane.as.publisher('DELETE', '/snapshots/1/pin')).status, 204)
    assert.equal((await plane.as.publisher('DELETE', '/snapshots/1/pin')).status, 404)
    assert.equal((await plane.as.viewer('GET', '/snapshots/1')).body.pin, null)
  })

  test('protects what the revision names, and the revision', async () => {
    const { listenerId, upstreamId, routeId } = await createSmallDraft(plane.as.editor, 'pinned', 20_050)
    const { revision } = (await publishDraft(plane.as.publisher)).body
    await plane.as.publisher('POST', `/snapshots/${revision}/pin`, {})
    await removed(plane.as.editor, `/routes/${routeId}`)
    await publishDraft(plane.as.publisher)
    const answer = await removed(plane.as.editor, `/upstreams/${upstreamId}`)
    assert.deepEqual(error(answer), [409, 'still_referenced'])
    assert.deepEqual(answer.body.error.referrers, [{ kind: 'routes', id: routeId, name: 'pinned', in: `revision ${revision}` }])
    await assert.rejects(plane.db.sequelize.transaction(async (transaction) => {
      await plane.db.sequelize.query("SET LOCAL gateway.retention = 'on'", { transaction })
      await plane.db.sequelize.query(`DELETE FROM snapshots WHERE revision = ${revision}`, { transaction })
    }), /snapshot_pins/)
    await plane.as.publisher('DELETE', `/snapshots/${revision}/pin`)
    for (const path of [`/upstreams/${upstreamId}`, `/listeners/${listenerId}`]) assert.equal((await removed(plane.as.editor, path)).status, 204)
  })

  test('is set on a hundred revisions at most', async () => {
    const { epoch } = (await plane.as.viewer('GET', '/snapshots/1')).body
    const row = { epoch, schemaVersion: 1, createdBy: 'x', createdAt: new Date(0), note: '', sha256: '0'.repeat(64), content: '{}' }
    const many = Array.from({ length: 100 }, (_, index) => 1_000 + index)
    await plane.db.snapshots.bulkCreate(many.map((revision) => ({ ...row, revision })))
    await plane.db.snapshotPins.bulkCreate(many.map((revision) => ({ epoch, revision, note: '', pinnedBy: 'x', pinnedAt: new Date() })))
    assert.deepEqual(error(await plane.as.publisher('POST', '/snapshots/1/pin', {})), [409, 'conflict'])
    await plane.db.snapshotPins.destroy({ where: {} })
  })
})

describe('a restore', () => {
  test('sets a resource of the draft back, only with the version that was seen', async () => {
    const now = (await plane.as.viewer('GET', `/upstreams/${draft.upstreamId}`)).body
    const stale = await restore(1, 'upstreams', draft.upstreamId)
    assert.deepEqual(error(stale), [412, 'version_mismatch'])
    assert.deepEqual([stale.body.error.currentVersion, stale.body.error.current], [now.version, now])
    const { status, body, headers } = await restore(1, 'upstreams', draft.upstreamId, now.version)
    assert.deepEqual([status, body.outcome, body.resource.connection.idleMs, headers.get('etag')], [200, 'updated', 4000, `"${now.version + 1}"`])
    assert.deepEqual((await plane.as.viewer('GET', '/config/diff?from=1&to=draft')).body.changes, [])
    const [row] = (await plane.as.viewer('GET', `/audit?action=snapshots.restore&resourceId=${draft.upstreamId}`)).body.items
    assert.deepEqual([row.kind, row.before.connection.idleMs, row.after.connection.idleMs, row.after.restoredFrom], ['upstreams', 2, 4000, 1])
  })

  test('takes a deletion back once what it names is back', async () => {
    const other = await createSmallDraft(plane.as.editor, 'restored', 20_060)
    const { revision } = (await publishDraft(plane.as.publisher)).body
    await removed(plane.as.editor, `/routes/${other.routeId}`)
    await publishDraft(plane.as.publisher)
    await removed(plane.as.editor, `/upstreams/${other.upstreamId}`)
    const gone = await restore(revision, 'routes', other.routeId)
    assert.deepEqual(error(gone), [409, 'references_missing'])
    assert.deepEqual(gone.body.error.missing, [{ kind: 'upstreams', id: other.upstreamId, path: '/upstreamId', name: 'restored' }])
    assert.equal((await restore(revision, 'upstreams', other.upstreamId)).body.outcome, 'undeleted')
    assert.deepEqual(error(await restore(revision, 'routes', other.routeId, 7)), [412, 'version_mismatch'])
    assert.equal((await restore(revision, 'routes', other.routeId)).body.outcome, 'undeleted')
    assert.deepEqual((await plane.as.viewer('GET', `/config/diff?from=${revision}`)).body.changes, [])
    // It protects what it names again.
    assert.deepEqual(error(await removed(plane.as.editor, `/upstreams/${other.upstreamId}`)), [409, 'still_referenced'])
  })

  test('makes what the draft does not know at all', async () => {
    const id = (await created(plane.as.editor, '/upstreams', { name: 'wiped' })).id
    const { revision } = (await publishDraft(plane.as.publisher)).body
    await plane.db.drafted.upstreams.destroy({ where: { id } })
    const { body } = await restore(revision, 'upstreams', id)
    assert.deepEqual([body.outcome, body.resource.id, body.resource.version], ['created', id, 1])
  })

  test('is refused where the name is taken, or there is nothing of that id', async () => {
    const { id } = await created(plane.as.editor, '/upstreams', { name: 'wanted' })
    const { revision } = (await publishDraft(plane.as.publisher)).body
    await removed(plane.as.editor, `/upstreams/${id}`).then(() => publishDraft(plane.as.publisher))
    await removed(plane.as.editor, `/upstreams/${id}`)
    await created(plane.as.editor, '/upstreams', { name: 'WANTED' })
    assert.deepEqual(error(await restore(revision, 'upstreams', id)), [409, 'name_taken'])
    assert.deepEqual(error(await restore(1, 'upstreams', id)), [404, 'not_found'])
    assert.deepEqual(error(await restore(99, 'upstreams', id)), [404, 'not_found'])
  })

  test('is refused with issues when today nobody could save it', async () => {
    const { epoch, content } = (await plane.as.viewer('GET', '/snapshots/1')).body
    content.upstreams[0].slowStartSeconds = 'long'
    // As an older version of this program may have published it.
    await plane.db.snapshots.create({ epoch, revision: 900, schemaVersion: 1, createdBy: 'old', createdAt: new Date(0), note: '', sha256: '0'.repeat(64), content: JSON.stringify(content) })
    const answer = await restore(900, 'upstreams', draft.upstreamId)
    assert.deepEqual(error(answer), [422, 'config_invalid'])
    assert.deepEqual(answer.body.error.issues.map((issue: any) => issue.path), ['/slowStartSeconds'])
  })
})

describe('a diff', () => {
  test('tells who changed each resource and each field last, and when', async () => {
    const { revision } = (await publishDraft(plane.as.publisher)).body ?? {}
    const path = `/upstreams/${draft.upstreamId}`
    await patched(plane.as.editor, path, { slowStartSeconds: 3, description: 'one' })
    await patched(plane.as.admin, path, { description: 'two' })
    const other = await created(plane.as.editor, '/upstreams', { name: 'new here' })
    const { changes } = (await plane.as.viewer('GET', `/config/diff?from=${revision}`)).body
    const mine = changes.find((change: any) => change.id === draft.upstreamId)
    assert.deepEqual([mine.origin.actor, mine.origin.action], ['token:test admin', 'upstreams.update'])
    assert.deepEqual(mine.fields.map((field: any) => [field.path, field.origin.actor]).toSorted(), [['/description', 'token:test admin'], ['/slowStartSeconds', 'token:test editor']])
    assert.deepEqual(changes.find((change: any) => change.id === other.id).origin.actor, 'token:test editor')
    const rows = (await plane.as.viewer('GET', `/audit?resourceId=${draft.upstreamId}&limit=1`)).body.items
    assert.equal(mine.origin.at, rows[0].at)
  })

  test('between revisions tells it of the time between them, also the other way round', async () => {
    const before = (await plane.as.viewer('GET', '/snapshots?limit=1000')).body.items.find((item: any) => item.revision < 900).revision
    const { revision } = (await publishDraft(plane.as.publisher)).body
    await patched(plane.as.publisher, `/upstreams/${draft.upstreamId}`, { description: 'later' })
    for (const query of [`from=${before}&to=${revision}`, `from=${revision}&to=${before}`]) {
      const { changes } = (await plane.as.viewer('GET', `/config/diff?${query}`)).body
      assert.equal(changes.find((change: any) => change.id === draft.upstreamId).origin.actor, 'token:test admin', query)
    }
  })

  test('names who rolled back where nobody edited', async () => {
    const { revision } = (await publishDraft(plane.as.publisher)).body
    const rolledBack = (await plane.as.admin('POST', '/config/rollback', { revision: 1 })).body
    const { changes } = (await plane.as.viewer('GET', `/config/diff?from=${revision}&to=${rolledBack.revision}`)).body
    assert.ok(changes.length > 0)
    for (const { origin } of changes) assert.deepEqual([origin.actor, origin.action], ['token:test admin', null])
  })
})
