import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, patched, publishDraft, type SmallDraft } from '../testing/drafts.ts'
import { enrolNode, heartbeatOf } from '../testing/node.ts'
import { verifyAudit } from '../audit/verify-audit.ts'
import { beginEpoch } from './begin-epoch.ts'

let plane: ControlPlane
let draft: SmallDraft

before(async () => {
  plane = await startControlPlane()
})

after(() => plane.stop())

const validate = async () => (await plane.as.viewer('POST', '/config/validate')).body

describe('a new epoch', () => {
  test('before the first publish is just that', async () => {
    const { before: earlier, epoch, revision } = await beginEpoch(plane.db, 'test')
    assert.notEqual(epoch, earlier)
    assert.equal(revision, null)
    draft = await createSmallDraft(plane.as.editor)
    assert.equal((await publishDraft(plane.as.publisher)).body.revision, 1)
  })

  test('goes on behind every number that the database or a node knows, with the content that was live', async () => {
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: 'second' })
    await publishDraft(plane.as.publisher)
    const node = await enrolNode(plane, 'node-ahead')
    const { live } = await validate()
    await node('POST', '/node/heartbeat', heartbeatOf({ ...live, revision: 7 }))
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: 'third' })
    assert.equal((await publishDraft(plane.as.publisher)).body.error.code, 'database_behind_fleet')

    const { before: earlier, epoch, revision } = await beginEpoch(plane.db, 'test')
    assert.deepEqual([earlier, revision], [live.epoch, 8])
    assert.deepEqual((await validate()).live, { epoch, revision: 8, sha256: live.sha256 })
    const node1 = (await plane.as.viewer('GET', '/nodes/node-ahead')).body
    assert.deepEqual([node1.desired.revision, node1.desired.epoch], [2, earlier])
    const [row] = (await plane.as.viewer('GET', '/audit?action=config.recover&limit=1')).body.items
    assert.deepEqual([row.actor, row.before.revision, row.after.revision], ['test', 2, 8])
    assert.equal((await verifyAudit(plane.db, null)).problem, null)
  })

  test('keeps the old revisions in sight: listed, compared, restored from', async () => {
    const { items } = (await plane.as.viewer('GET', '/snapshots')).body
    assert.deepEqual(items.map((item: any) => item.revision), [8, 2, 1])
    assert.deepEqual((await plane.as.viewer('GET', '/config/diff?from=2&to=8')).body.changes, [])
    const { version } = (await plane.as.viewer('GET', `/upstreams/${draft.upstreamId}`)).body
    assert.equal((await plane.as.editor('POST', '/snapshots/2/restore', { kind: 'upstreams', id: draft.upstreamId, version })).status, 200)
  })

  test('is taken to the nodes by the next publish, also when that equals what is live', async () => {
    const { status, body } = await publishDraft(plane.as.publisher)
    assert.deepEqual([status, body.unchanged, body.revision, body.nodes], [201, false, 9, ['node-ahead']])
    assert.deepEqual([(await publishDraft(plane.as.publisher)).status], [200])
    assert.equal((await plane.as.publisher('POST', '/config/rollback', { revision: 1 })).body.revision, 10)
  })
})

test('the command asks for --new-epoch and a database', () => {
  const run = (args: string[], env: Record<string, string> = {}) => spawnSync(process.execPath, ['server/recover.ts', ...args], { cwd: new URL('../..', import.meta.url), env, encoding: 'utf8' })
  assert.deepEqual([run([]).status, run(['--new-epoch', 'x']).status], [78, 78])
  assert.match(run(['--new-epoch']).stderr, /^DATABASE_URL must be set/)
  const help = run(['--help'])
  assert.deepEqual([help.status, help.stdout.startsWith('node server/recover.ts --new-epoch')], [0, true])
})
