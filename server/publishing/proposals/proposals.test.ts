import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { ApiAnswer, ApiCall } from '../../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../../testing/control-plane.ts'
import { createSmallDraft, created, patched, publishDraft, type SmallDraft } from '../../testing/drafts.ts'
import { createToken, hashToken } from '../../auth/token.ts'
import { uuidV7 } from '../../uuid-v7.ts'
import { signIn } from '../../testing/sign-in.ts'

let plane: ControlPlane
let draft: SmallDraft
/** A person, and one of its tokens. */
let ann: ApiCall
let annsToken: ApiCall

before(async () => {
  plane = await startControlPlane({ needsApproval: true })
  ann = await signIn(plane)
  annsToken = plane.withToken((await created(ann, '/tokens', { name: 'of ann', role: 'publisher' })).token)
  draft = await createSmallDraft(plane.as.editor)
})

after(() => plane.stop())

beforeEach(() => patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: String(Math.random()) }))

const error = ({ status, body }: ApiAnswer) => [status, body.error?.code]
const live = async () => (await plane.as.viewer('POST', '/config/validate')).body.live
const propose = async (by: ApiCall, more = {}) => {
  const { status, body } = await publishDraft(by, more)
  assert.equal(status, 202, JSON.stringify(body))
  return body
}
const approve = (by: ApiCall, id: string) => by('POST', `/config/proposals/${id}/approve`)

/** A token of a person of its own. */
async function publisherOf(name: string, tenants: string[]): Promise<ApiCall> {
  const email = `${name}@test.example`
  await plane.db.users.create({ id: uuidV7(), email, passwordHash: '', role: 'publisher', createdAt: new Date() })
  const token = createToken('gwt')
  await plane.db.apiTokens.create({ id: uuidV7(), name, tokenHash: hashToken(token), role: 'publisher', tenants, createdBy: email, createdAt: new Date(), expiresAt: null })
  return plane.withToken(token)
}

describe('with approval required, a publish', () => {
  test('publishes nothing until a second person approves, and then exactly what was proposed', async () => {
    const before = await live()
    const { proposalId, sha256 } = await propose(ann, { note: 'please' })
    assert.deepEqual(await live(), before)
    const { changes, added, state, request, proposedBy } = (await plane.as.viewer('GET', `/config/proposals/${proposalId}`)).body
    assert.deepEqual([state, request.note, proposedBy, changes.length], ['pending', 'please', 'admin@test.example', 3])
    assert.deepEqual(added.map(({ id }: { id: string }) => id), changes.map(({ id }: { id: string }) => id), 'at first everything is added, and shown whole')
    assert.equal(added.find(({ id }: { id: string }) => id === draft.upstreamId).entry.name, changes.find(({ id }: { id: string }) => id === draft.upstreamId).name)
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: 'later' })
    const { status, body } = await approve(plane.as.publisher, proposalId)
    assert.deepEqual([status, body.sha256], [201, sha256])
    assert.equal((await live()).sha256, sha256)
    const [audit] = (await plane.as.viewer('GET', '/audit?action=config.publish&limit=1')).body.items
    assert.deepEqual([audit.actor, audit.after.proposedBy, audit.after.proposalId], ['token:test publisher', 'admin@test.example', proposalId])
    assert.deepEqual(error(await approve(plane.as.publisher, proposalId)), [409, 'conflict'])
  })

  test('cannot be approved by who proposed it, also not by an own token, whichever of the two proposed', async () => {
    const byPerson = await propose(ann)
    for (const self of [ann, annsToken]) assert.deepEqual(error(await approve(self, byPerson.proposalId)), [403, 'own_proposal'])
    const byToken = await propose(annsToken)
    for (const self of [ann, annsToken]) assert.deepEqual(error(await approve(self, byToken.proposalId)), [403, 'own_proposal'])
    assert.equal((await approve(plane.as.publisher, byToken.proposalId)).status, 201)
  })

  test('is told to who proposed it as its own', async () => {
    const { proposalId } = await propose(annsToken)
    const isOwn = async (who: ApiCall) => [(await who('GET', `/config/proposals/${proposalId}`)).body.isOwn, (await who('GET', '/config/proposals')).body.items[0].isOwn]
    assert.deepEqual([await isOwn(ann), await isOwn(annsToken), await isOwn(plane.as.publisher)], [[true, true], [true, true], [false, false]])
    assert.equal((await ann('GET', '/config/proposals')).body.required, true)
  })

  test('is approved by publishers only', async () => {
    const { proposalId } = await propose(ann)
    assert.deepEqual(error(await approve(plane.as.editor, proposalId)), [403, 'forbidden'])
  })

  test('that another one overtook cannot be approved any more', async () => {
    const first = await propose(ann)
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: 'second' })
    const second = await propose(ann)
    assert.equal((await approve(plane.as.publisher, second.proposalId)).status, 201)
    assert.deepEqual(error(await approve(plane.as.publisher, first.proposalId)), [409, 'revision_mismatch'])
    const { expectedRevision, against, changes } = (await ann('GET', `/config/proposals/${first.proposalId}`)).body
    assert.equal(against, expectedRevision)
    assert.equal(changes.length, 1, 'still what it would have changed then')
    assert.notEqual(changes[0].fields[0].to, 'second')
  })

  test('is rejected with a reason, or withdrawn', async () => {
    const { proposalId } = await propose(ann)
    assert.equal((await plane.as.publisher('POST', `/config/proposals/${proposalId}/reject`, { reason: 'not on a Friday' })).status, 204)
    const own = await propose(ann)
    assert.equal((await ann('POST', `/config/proposals/${own.proposalId}/reject`)).status, 204)
    assert.deepEqual(error(await approve(plane.as.publisher, proposalId)), [409, 'conflict'])
    const { items } = (await plane.as.viewer('GET', '/config/proposals')).body
    assert.deepEqual(items.slice(0, 2).map((item: any) => [item.state, item.decidedBy, item.reason]), [['rejected', 'admin@test.example', ''], ['rejected', 'token:test publisher', 'not on a Friday']])
  })

  test('is checked when it is proposed, and keeps how it is to be made', async () => {
    const twin = await created(plane.as.editor, '/routes', { name: 'twin', isGlobal: true, listenerIds: [draft.listenerId], upstreamId: draft.upstreamId, match: { path: { type: 'prefix', value: '/small' } } })
    assert.deepEqual(error(await publishDraft(ann)), [422, 'config_invalid'])
    await plane.as.editor('DELETE', `/routes/${twin.id}`, undefined, { 'if-match': '"1"' })
    const { proposalId } = await propose(ann, { confirmWithinSeconds: 60 })
    const { body } = await approve(plane.as.publisher, proposalId)
    assert.equal((await plane.as.viewer('GET', '/config/hold')).body.hold.revision, body.revision)
    assert.equal((await plane.as.publisher('POST', '/config/rollback', { revision: body.revision - 1 })).status, 201, 'to go back needs nobody else')
  })

  test('of a slice is for those who may see all of its tenants', async () => {
    const [own, peer, stranger] = [await publisherOf('own', ['acme']), await publisherOf('peer', ['acme', 'other']), await publisherOf('stranger', ['other'])]
    await created(plane.as.editor, '/upstreams', { name: 'acme', tenantCode: 'acme', targets: [{ id: 'a', address: 'http://127.0.0.1:1' }] })
    const body = { expectedRevision: (await live()).revision, expectedDraftHash: '0'.repeat(64), acknowledgeRollback: true }
    const { draftHash } = (await own('POST', '/config/publish', body)).body.error
    const { proposalId } = (await own('POST', '/config/publish', { ...body, expectedDraftHash: draftHash })).body
    assert.equal((await approve(stranger, proposalId)).status, 404)
    assert.equal((await peer('GET', `/config/proposals/${proposalId}`)).body.changes.length, 1)
    assert.equal((await approve(peer, proposalId)).status, 201)
  })
})
