import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ApiAnswer, ApiCall } from '../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { created, patched, publishDraft, removed } from '../testing/drafts.ts'

let plane: ControlPlane
let acme: ApiCall
const ids: Record<string, string> = {}

const target = { id: 'a', address: 'http://127.0.0.1:8080' }
const error = (answer: ApiAnswer) => [answer.status, answer.body.error?.code]

/** Two tenants with an upstream and a route each; acme was granted one of two listeners. */
before(async () => {
  plane = await startControlPlane()
  const { admin } = plane.as
  for (const [name, port] of [['granted', 20_000], ['other', 20_001]] as const) ids[name] = (await created(admin, '/listeners', { name, protocol: 'http', port })).id
  await created(admin, '/grants', { tenantCode: 'acme', listenerIds: [ids['granted']], hostSuffixes: ['acme.example'], priority: { min: 0, max: 10 } })
  for (const tenantCode of ['acme', 'zeta']) {
    ids[`${tenantCode}Upstream`] = (await created(admin, '/upstreams', { name: `${tenantCode}-pool`, tenantCode, targets: [target] })).id
    ids[`${tenantCode}Route`] = (await created(admin, '/routes', { name: `${tenantCode}-route`, tenantCode, listenerIds: [ids['granted']], upstreamId: ids[`${tenantCode}Upstream`], match: { hosts: [`${tenantCode}.example`] } })).id
  }
  assert.equal((await publishDraft(admin)).status, 201)
  acme = plane.withToken((await created(admin, '/tokens', { name: 'acme', role: 'editor', tenants: ['acme'] })).token)
})

after(() => plane.stop())

test('a bulk change by who is limited to a tenant finds and changes what is its own', async () => {
  assert.deepEqual((await acme('POST', '/routes:bulk', { action: 'label', filter: {}, expectedCount: 1, labels: { a: 'b' } })).body, { found: 1, changed: 1 })
  assert.deepEqual((await plane.as.viewer('GET', `/routes/${ids['zetaRoute']}`)).body.labels, {})
  const both = await acme('POST', '/routes:bulk', { action: 'delete', ids: [ids['acmeRoute'], ids['zetaRoute']] })
  assert.deepEqual([...error(both), both.body.error.missing], [404, 'not_found', [ids['zetaRoute']]])
  const [row] = (await acme('GET', `/audit?action=routes.bulk&resourceId=${ids['acmeRoute']}`)).body.items
  assert.deepEqual([row.after.tenantCode, row.after.labels], ['acme', { a: 'b' }])
})

test('a move by it stays within its grant', async () => {
  assert.deepEqual(error(await acme('POST', '/routes:bulk', { action: 'move', ids: [ids['acmeRoute']], listenerIds: [ids['other']] })), [403, 'outside_grant'])
  const foreign = await acme('POST', '/routes:bulk', { action: 'move', ids: [ids['acmeRoute']], upstreamId: ids['zetaUpstream'] })
  assert.deepEqual([...error(foreign), foreign.body.error.issues[0].code], [400, 'invalid_request', 'unknown_reference'])
})

test('a deletion by it tells nothing of others', async () => {
  await created(plane.as.admin, '/routes', { name: 'zeta-guest', tenantCode: 'zeta', listenerIds: [ids['granted']], upstreamId: ids['acmeUpstream'], match: { hosts: ['zeta.example'] }, enabled: false })
  const answer = await acme('POST', '/upstreams:bulk', { action: 'delete', ids: [ids['acmeUpstream']] })
  assert.deepEqual(error(answer), [409, 'still_referenced'])
  assert.doesNotMatch(JSON.stringify(answer.body), /zeta/)
})

test('a restore by it is of its own resources, within its grant of today', async () => {
  await removed(plane.as.admin, `/routes/${ids['acmeRoute']}`)
  const restore = (id = '', version = 0, kind = 'routes') => acme('POST', '/snapshots/1/restore', { kind, id, version })
  assert.deepEqual(error(await restore(ids['zetaRoute'], 1)), [404, 'not_found'])
  assert.deepEqual(error(await restore(ids['granted'], 1, 'listeners')), [403, 'outside_grant'])
  assert.equal((await restore(ids['acmeRoute'])).body.outcome, 'undeleted')
  await removed(plane.as.admin, `/routes/${ids['acmeRoute']}`)
  await patched(plane.as.admin, '/grants/acme', { hostSuffixes: ['new.example'] })
  assert.deepEqual(error(await restore(ids['acmeRoute'])), [403, 'outside_grant'])
})

test('the export has the rows that the list shows it', async () => {
  const { body } = await acme('GET', '/audit/export')
  const rows = (body as string).trim().split('\n').map((line) => JSON.parse(line))
  assert.ok(rows.length > 3)
  assert.deepEqual(rows.toReversed(), (await acme('GET', '/audit?limit=1000')).body.items)
})

test('a diff tells it who changed what is its own, and not who changed what is shared', async () => {
  await patched(plane.as.admin, `/listeners/${ids['granted']}`, { description: 'shared' })
  await patched(plane.as.admin, `/upstreams/${ids['acmeUpstream']}`, { description: 'own' })
  const { changes } = (await acme('GET', '/config/diff')).body
  const of = (id = '') => changes.find((change: any) => change.id === id)
  assert.deepEqual([of(ids['granted']).origin, of(ids['granted']).fields[0].origin], [undefined, undefined])
  assert.equal(of(ids['acmeUpstream']).origin.actor, 'token:test admin')
})
