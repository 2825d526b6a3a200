import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ApiCall } from '../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, patched, publishDraft, removed } from '../testing/drafts.ts'

let plane: ControlPlane
let one: { upstreamId: string; routeId: string; listenerId: string }
let two: typeof one

before(async () => {
  plane = await startControlPlane()
  one = await createSmallDraft(plane.as.editor, 'one', 20_001)
  two = await createSmallDraft(plane.as.editor, 'two', 20_002)
  assert.equal((await publishDraft(plane.as.publisher)).status, 201)
})

after(() => plane.stop())

const validate = async (only?: string[]) => (await plane.as.viewer('POST', '/config/validate', only === undefined ? {} : { only })).body
const diff = async (query = '') => (await plane.as.viewer('GET', `/config/diff${query}`)).body.changes.map((change: any) => `${change.change} ${change.kind} ${change.name}`)
const describeUpstream = (id: string, description: string) => patched(plane.as.editor, `/upstreams/${id}`, { description })

async function publishOnly(call: ApiCall, only: string[], more = {}) {
  const { draftHash, live } = await validate(only)
  return call('POST', '/config/publish', { expectedRevision: live.revision, expectedDraftHash: draftHash, only, ...more })
}

describe('a publish of some resources', () => {
  test('takes just these from the draft; the others stay in it', async () => {
    await describeUpstream(one.upstreamId, 'one')
    await describeUpstream(two.upstreamId, 'two')
    assert.deepEqual(await diff(`?only=${one.upstreamId}`), ['changed upstreams one'])
    const { status, body } = await publishOnly(plane.as.publisher, [one.upstreamId])
    assert.equal(status, 201)
    const { content } = (await plane.as.viewer('GET', `/snapshots/${body.revision}`)).body
    assert.deepEqual(content.upstreams.map((upstream: any) => upstream.description ?? ''), ['one', ''])
    assert.deepEqual(await diff(), ['changed upstreams two'])
  })

  test('takes deletions too', async () => {
    await removed(plane.as.editor, `/routes/${two.routeId}`)
    assert.equal((await publishOnly(plane.as.publisher, [two.routeId])).status, 201)
    assert.deepEqual(await diff(), ['changed upstreams two'])
  })

  test('is checked as a whole', async () => {
    const upstream = await created(plane.as.editor, '/upstreams', { name: 'new', targets: [{ id: 'a', address: 'http://127.0.0.1:1' }] })
    const route = await created(plane.as.editor, '/routes', { name: 'new', isGlobal: true, listenerIds: [one.listenerId], upstreamId: upstream.id, match: { path: { type: 'prefix', value: '/new' } } })
    const alone = await publishOnly(plane.as.publisher, [route.id])
    assert.deepEqual([alone.status, alone.body.error.code], [422, 'config_invalid'])
    assert.deepEqual((await validate([route.id])).issues, alone.body.error.issues)
    assert.equal((await publishOnly(plane.as.publisher, [route.id, upstream.id])).status, 201)
  })

  test('of what is no different publishes nothing', async () => {
    const { status, body } = await publishOnly(plane.as.publisher, [one.upstreamId])
    assert.deepEqual([status, body.unchanged], [200, true])
  })

  test('of what is not there is refused, and names it', async () => {
    const answer = await plane.as.viewer('POST', '/config/validate', { only: [one.upstreamId, '01890000-0000-7000-8000-000000000000'] })
    assert.deepEqual([answer.status, answer.body.error.issues.map((issue: any) => issue.path)], [400, ['/only/1']])
  })

  test('is refused when these changed since they were checked, and not when others did', async () => {
    await describeUpstream(one.upstreamId, 'checked')
    const { draftHash, live } = await validate([one.upstreamId])
    await describeUpstream(two.upstreamId, 'of no matter')
    const request = { expectedRevision: live.revision, expectedDraftHash: draftHash, only: [one.upstreamId] }
    await describeUpstream(one.upstreamId, 'changed')
    assert.equal((await plane.as.publisher('POST', '/config/publish', request)).body.error.code, 'draft_changed')
    await describeUpstream(one.upstreamId, 'checked')
    assert.equal((await plane.as.publisher('POST', '/config/publish', request)).status, 201)
  })

  test('leaves the mark of a rollback on the rest of the draft', async () => {
    await publishDraft(plane.as.publisher)
    await describeUpstream(one.upstreamId, 'bad')
    await describeUpstream(two.upstreamId, 'bad')
    const before = (await validate()).live.revision
    await publishDraft(plane.as.publisher)
    assert.equal((await plane.as.publisher('POST', '/config/rollback', { revision: before })).status, 201)
    assert.equal((await publishOnly(plane.as.publisher, [one.upstreamId])).body.error.code, 'behind_rollback')
    assert.equal((await publishOnly(plane.as.publisher, [one.upstreamId], { acknowledgeRollback: true })).status, 201)
    assert.equal((await validate()).behindRollback, true)
    assert.equal((await publishOnly(plane.as.publisher, [two.upstreamId], { acknowledgeRollback: true })).status, 201)
    assert.equal((await validate()).behindRollback, false)
  })
})

describe('who is limited to tenants', () => {
  let scoped: ApiCall

  before(async () => {
    await publishDraft(plane.as.publisher, { acknowledgeRollback: true })
    scoped = plane.withToken((await created(plane.as.admin, '/tokens', { name: 'of acme', role: 'publisher', tenants: ['acme'] })).token)
  })

  test('publishes the slice of these: live with their resources from the draft', async () => {
    await created(plane.as.editor, '/upstreams', { name: 'acme', tenantCode: 'acme', targets: [{ id: 'a', address: 'http://127.0.0.1:1' }] })
    await describeUpstream(two.upstreamId, 'not theirs')
    const request = { expectedRevision: (await validate()).live.revision, expectedDraftHash: '0'.repeat(64) }
    const refused = await scoped('POST', '/config/publish', request)
    assert.equal(refused.body.error.code, 'draft_changed')
    assert.deepEqual(refused.body.error.edits.map((edit: any) => edit.name), ['acme'], 'edits of others are not told')
    const { status, body } = await scoped('POST', '/config/publish', { ...request, expectedDraftHash: refused.body.error.draftHash })
    assert.equal(status, 201)
    assert.deepEqual(await diff(), ['changed upstreams two'])
    const [audit] = (await plane.as.viewer('GET', '/audit?action=config.publish&limit=1')).body.items
    assert.deepEqual([audit.resourceId, audit.after.tenants], [String(body.revision), ['acme']])
  })

  test('is held to what these were granted, when it validates and when it publishes', async () => {
    const route = await created(plane.as.editor, '/routes', { name: 'acme', tenantCode: 'acme', listenerIds: [one.listenerId], upstreamId: one.upstreamId, match: { hosts: ['acme.example'] } })
    const { issues, draftHash, live } = (await scoped('POST', '/config/validate')).body
    const outside = issues.filter(({ code }: any) => code === 'outside_grant').map(({ path }: any) => path)
    assert.deepEqual(outside.sort(), ['/routes/0/listenerIds/0', '/routes/0/match/hosts/0', '/routes/0/priority', '/routes/0/upstreamId'])
    const request = { expectedRevision: live.revision, expectedDraftHash: draftHash }
    const refused = await scoped('POST', '/config/publish', request)
    assert.deepEqual([refused.status, refused.body.error.code], [403, 'outside_grant'])
    await created(plane.as.admin, '/grants', { tenantCode: 'acme', listenerIds: [one.listenerId], upstreamIds: [one.upstreamId], hostSuffixes: ['acme.example'], priority: { min: 0, max: 10 } })
    assert.equal((await scoped('POST', '/config/publish', request)).status, 201)
    assert.deepEqual(await diff(), ['changed upstreams two'])
    await removed(plane.as.editor, `/routes/${route.id}`)
  })

  test('cannot name resources of others', async () => {
    const { live } = await validate()
    const answer = await scoped('POST', '/config/publish', { expectedRevision: live.revision, expectedDraftHash: '0'.repeat(64), only: [two.upstreamId] })
    assert.deepEqual([answer.status, answer.body.error.issues.map((issue: any) => issue.path)], [400, ['/only/0']])
  })
})
