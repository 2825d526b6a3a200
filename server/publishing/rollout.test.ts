import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ApiCall } from '../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, patched, publishDraft, type SmallDraft } from '../testing/drafts.ts'
import { ackOf, enrolNode } from '../testing/node.ts'

let plane: ControlPlane
let draft: SmallDraft
let nodes: ApiCall[]

before(async () => {
  plane = await startControlPlane()
  nodes = [await enrolNode(plane, 'node-1'), await enrolNode(plane, 'node-2')]
  draft = await createSmallDraft(plane.as.editor)
})

after(() => plane.stop())

const rollout = async (revision: number, waitSeconds = 0) => (await plane.as.viewer('GET', `/snapshots/${revision}/rollout?waitSeconds=${waitSeconds}`)).body
const report = async (node: number, desired: any, more = {}) => assert.equal((await nodes[node]!('POST', '/node/ack', ackOf(desired, more))).status, 204)

async function publishChange() {
  await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: String(Math.random()) })
  const { epoch, revision, sha256 } = (await publishDraft(plane.as.publisher)).body
  return { epoch, revision, sha256 }
}

describe('a rollout', () => {
  test('is pending until every node reported; the proof is by thread, with times and hash', async () => {
    const desired = await publishChange()
    assert.equal((await rollout(desired.revision)).state, 'pending')
    await report(0, desired)
    const { state, sha256, publishedAt, nodes: [one, two] } = await rollout(desired.revision)
    assert.deepEqual([state, sha256, one.state, two.state], ['pending', desired.sha256, 'applied', 'pending'])
    assert.ok(one.announcedAt >= publishedAt && one.verifiedAt >= one.announcedAt && one.at >= one.verifiedAt)
    assert.deepEqual([one.sha256, one.threads.map((thread: any) => thread.result)], [desired.sha256, ['applied', 'applied']])
    await report(1, desired)
    assert.equal((await rollout(desired.revision)).state, 'applied')
  })

  test('has issues when one node has, and is refused when one refused', async () => {
    const desired = await publishChange()
    const issue = { path: '/listeners/0/port', code: 'port_in_use', message: 'in use', severity: 'warning' as const }
    await report(0, desired, { result: 'applied_with_issues', issues: [issue] })
    await report(1, desired)
    const { state, nodes: [one] } = await rollout(desired.revision)
    assert.deepEqual([state, one.issues], ['applied_with_issues', [issue]])
    await report(1, desired, { result: 'refused' })
    assert.equal((await rollout(desired.revision)).state, 'refused')
  })

  test('is waited for, until it has ended or the time is over', async () => {
    const desired = await publishChange()
    const start = performance.now()
    assert.equal((await rollout(desired.revision, 1)).state, 'pending')
    assert.ok(performance.now() - start >= 990, `${performance.now() - start} ms`)
    const waiting = rollout(desired.revision, 30)
    for (const node of [0, 1]) await report(node, desired)
    assert.equal((await waiting).state, 'applied')
    assert.ok(performance.now() - start < 20_000)
  })

  test('that another publish took the place of is not waited for', async () => {
    const desired = await publishChange()
    await publishChange()
    const { state, superseded, nodes: reported } = await rollout(desired.revision, 60)
    assert.deepEqual([state, superseded, reported], ['pending', true, []])
  })

  test('takes no longer waits than it promises', async () => {
    for (const seconds of ['61', '-1', 'x', '1.5']) assert.equal((await plane.as.viewer('GET', `/snapshots/1/rollout?waitSeconds=${seconds}`)).status, 400, seconds)
  })
})
