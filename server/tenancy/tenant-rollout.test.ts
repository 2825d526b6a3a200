import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { settleHold } from '../publishing/holds/settle-hold.ts'
import type { ApiAnswer, ApiCall } from '../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { created, patched, publishDraft } from '../testing/drafts.ts'
import { ackOf, enrolNode, heartbeatOf } from '../testing/node.ts'

let plane: ControlPlane
let node: ApiCall
/** People of acme, of zeta, and of both. */
const of: Record<'acme' | 'zeta' | 'both', ApiCall> = {} as typeof of
let reader: ApiCall
const ids: Record<string, string> = {}

before(async () => {
  plane = await startControlPlane()
  const { admin } = plane.as
  node = await enrolNode(plane, 'node-1')
  await enrolNode(plane, 'node-2')
  ids['listener'] = (await created(admin, '/listeners', { name: 'shared', protocol: 'http', port: 20_000 })).id
  for (const tenantCode of ['zeta', 'acme']) {
    ids[`${tenantCode}Upstream`] = (await created(admin, '/upstreams', { name: `${tenantCode}-pool`, tenantCode, targets: [{ id: 'a', address: 'http://127.0.0.1:8080' }] })).id
    ids[`${tenantCode}Route`] = (await created(admin, '/routes', { name: `${tenantCode}-route`, tenantCode, listenerIds: [ids['listener']], upstreamId: ids[`${tenantCode}Upstream`], match: { hosts: [`${tenantCode}.example`] } })).id
    await created(admin, '/grants', { tenantCode, listenerIds: [ids['listener']], hostSuffixes: [`${tenantCode}.example`], priority: { min: 0, max: 10 } })
  }
  assert.equal((await publishDraft(admin)).status, 201)
  const call = async (tenants: string[], role = 'publisher') => plane.withToken((await created(admin, '/tokens', { name: `${role} of ${tenants.join('-')}`, role, tenants })).token)
  of.acme = await call(['acme'])
  of.zeta = await call(['zeta'])
  of.both = await call(['acme', 'zeta'])
  reader = await call(['acme'], 'viewer')
  await hear()
})

after(() => plane.stop())

afterEach(async () => {
  await plane.as.publisher('POST', '/config/canary/abort')
  await settleHold(plane.deps, new Date(Date.now() + 3600_000))
})

const error = ({ status, body }: ApiAnswer) => [status, body?.error?.code]
const rollout = async (call: ApiCall, revision: number) => (await call('GET', `/snapshots/${revision}/rollout`)).body
const hold = async (call: ApiCall) => (await call('GET', '/config/hold')).body.hold
const hear = () => node('POST', '/node/heartbeat', heartbeatOf(null))

/** A publish of something new of acme's by its own people. */
async function publishOwn(more: object = {}, call = of.acme, upstream = 'acmeUpstream'): Promise<{ epoch: string; revision: number; sha256: string }> {
  await patched(plane.as.admin, `/upstreams/${ids[upstream]}`, { description: String(Math.random()) })
  const { status, body } = await publishDraft(call, { acknowledgeRollback: true, ...more })
  assert.equal(status, 201, JSON.stringify(body))
  return { epoch: body.epoch, revision: body.revision, sha256: body.sha256 }
}

const canary = { nodes: ['node-1'], holdSeconds: 30 }

describe('a rollout as people of a tenant see it', () => {
  test('has each node with its state, hash and times', async () => {
    const desired = await publishOwn()
    assert.equal((await rollout(reader, desired.revision)).state, 'pending')
    await node('POST', '/node/ack', ackOf(desired))
    const seen = await rollout(reader, desired.revision)
    assert.deepEqual(seen, await rollout(plane.as.viewer, desired.revision))
    assert.deepEqual(seen.nodes.map(({ nodeId, state, sha256, announcedAt, verifiedAt }: any) => [nodeId, state, sha256, typeof announcedAt, typeof verifiedAt]), [['node-1', 'applied', desired.sha256, 'string', 'string'], ['node-2', 'pending', undefined, 'string', 'undefined']])
  })

  test('has the issues of their own resources, placed in what they see, and of others how many', async () => {
    const desired = await publishOwn()
    const { content: whole } = (await plane.as.viewer('GET', `/snapshots/${desired.revision}`)).body
    const { content } = (await reader('GET', `/snapshots/${desired.revision}`)).body
    const at = (kind: string, id = '') => `/${kind}/${whole[kind].findIndex((one: { id: string }) => one.id === id)}`
    const issue = (path: string, severity: 'error' | 'warning') => ({ path, code: 'secret_missing', message: 'beside zeta-route', severity })
    const issues = [issue(`${at('routes', ids['zetaRoute'])}/match`, 'warning'), issue(`${at('routes', ids['acmeRoute'])}/transforms/0`, 'error'), issue(`${at('listeners', ids['listener'])}/port`, 'warning')]
    const ack = ackOf(desired, { result: 'applied_with_issues', issues })
    await node('POST', '/node/ack', { ...ack, threads: ack.threads.map((thread) => ({ ...thread, issues: issues.slice(0, 1) })) })
    const [seen] = (await rollout(reader, desired.revision)).nodes
    assert.deepEqual(seen.issues.map(({ path, code, severity }: any) => [path, code, severity]), [['/routes/0/transforms/0', 'secret_missing', 'error'], ['', 'outside_grant', 'warning']])
    assert.match(seen.issues[1].message, /^2 issues outside/)
    assert.equal(content.routes[0].id, ids['acmeRoute'])
    assert.match(seen.threads[1].issues[0].message, /^1 issue outside/)
    assert.doesNotMatch(JSON.stringify(seen), /zeta/)
    assert.match(JSON.stringify(await rollout(plane.as.viewer, desired.revision)), /zeta-route/)
  })
})

describe('a hold as people of a tenant see it', () => {
  test('is theirs when it concerns their tenants alone: they see it, and decide', async () => {
    const { revision } = await publishOwn({ canary, confirmWithinSeconds: 60 })
    const seen = await hold(reader)
    assert.deepEqual([seen.revision, seen.own, seen.createdBy, seen.canary.nodes, seen.canary.figures, typeof seen.confirmUntil], [revision, true, 'token:publisher of acme', ['node-1'], [], 'string'])
    assert.equal((await hold(plane.as.viewer)).canary.figures.length, 1)
    assert.equal((await hold(of.both)).own, true)
    assert.equal((await rollout(reader, revision)).hold.own, true)
    assert.deepEqual(error(await reader('POST', '/config/canary/promote')), [403, 'forbidden'])
    assert.equal((await of.acme('POST', '/config/canary/promote')).status, 204)
    assert.equal((await of.acme('POST', '/config/confirm', { revision })).status, 204)
    const { outcome, confirmedBy } = (await rollout(reader, revision)).hold
    assert.deepEqual([outcome, confirmedBy], ['kept', 'token:publisher of acme'])
  })

  test('is taken back by them, with the reason', async () => {
    const { revision } = await publishOwn({ canary })
    assert.equal((await of.acme('POST', '/config/canary/abort', { reason: 'carts are lost' })).status, 204)
    const seen = await rollout(reader, revision)
    assert.deepEqual([seen.state, seen.hold.outcome, seen.hold.reason, seen.hold.restored], ['refused', 'rolled_back', 'carts are lost', revision + 1])
  })

  test('that only waits for its confirmation says when it goes back by itself, and is taken back before', async () => {
    const { revision } = await publishOwn({ confirmWithinSeconds: 60 })
    const { confirmUntil } = await hold(of.acme)
    const answer = await of.acme('POST', '/config/canary/abort')
    assert.deepEqual(error(answer), [409, 'no_hold'])
    assert.ok(answer.body.error.message.includes(confirmUntil), answer.body.error.message)
    assert.equal((await of.acme('POST', '/config/unconfirmed/abort', { reason: 'carts are lost' })).status, 204)
    const after = (await rollout(reader, revision)).hold
    assert.deepEqual([after.outcome, after.outcomeBy, after.reason], ['rolled_back', 'token:publisher of acme', 'carts are lost'])
  })

  for (const [whose, publish] of [['another tenant', () => publishOwn({ canary, confirmWithinSeconds: 60, note: 'for zeta' }, of.zeta, 'zetaUpstream')], ['theirs and another tenant', () => publishOwn({ canary, confirmWithinSeconds: 60 }, of.both)], ['everybody', () => publishOwn({ canary, confirmWithinSeconds: 60 }, plane.as.admin)]] as const) {
    test(`of ${whose} shows its kind and its time, not who and why; others decide, and that is said`, async () => {
      const { revision } = await publish()
      const seen = await hold(reader)
      assert.deepEqual([seen.revision, seen.own, seen.createdBy, seen.confirmedBy, seen.canary.nodes, seen.canary.figures, typeof seen.confirmUntil], [revision, false, '', null, ['node-1'], [], 'string'])
      for (const [path, body] of [['/config/confirm', { revision }], ['/config/canary/promote', {}], ['/config/canary/abort', {}], ['/config/unconfirmed/abort', {}]] as const) {
        const answer = await of.acme('POST', path, body)
        assert.deepEqual(error(answer), [403, 'outside_grant'], path)
        assert.match(answer.body.error.message, new RegExp(`^Revision ${revision} concerns more than your tenants: .* decides`))
      }
      await plane.as.publisher('POST', '/config/confirm', { revision })
      assert.equal((await hold(reader)).confirmedBy, '')
      await plane.as.publisher('POST', '/config/canary/abort', { reason: 'zeta is unhappy' })
      const after = (await rollout(reader, revision)).hold
      assert.deepEqual([after.outcome, after.outcomeBy, after.reason, after.confirmedBy], ['rolled_back', '', '', ''])
      assert.doesNotMatch(JSON.stringify([seen, after]), /zeta/)
    })
  }
})
