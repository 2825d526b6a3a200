import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { endpoints } from '../api/endpoints.ts'
import type { ApiCall } from '../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { created, patched, publishDraft, removed } from '../testing/drafts.ts'
import { ackOf, enrolNode } from '../testing/node.ts'

/** A fleet with two tenants: every name of the other one's has "zeta" in it. */
let plane: ControlPlane
let acme: Record<'viewer' | 'editor' | 'publisher', ApiCall>
const ids: Record<string, string> = {}

async function scopedCall(role: 'viewer' | 'editor' | 'publisher', tenants: string[]): Promise<ApiCall> {
  return plane.withToken((await created(plane.as.admin, '/tokens', { name: `${role} of ${tenants.join('-')}`, role, tenants })).token)
}

/** Nodes belong to nobody: that they are there may be seen, where a tenant meets them. */
const NODE = 'edge-1'
const target = { id: 'a', address: 'http://127.0.0.1:8080' }

/** What a tenant has: an upstream, a route, a certificate, a secret. */
async function createTenant(tenant: string): Promise<void> {
  const admin = plane.as.admin
  ids[`${tenant}Upstream`] = (await created(admin, '/upstreams', { name: `${tenant}-pool`, tenantCode: tenant, targets: [target] })).id
  ids[`${tenant}Route`] = (await created(admin, '/routes', { name: `${tenant}-route`, tenantCode: tenant, listenerIds: [ids['listener']], upstreamId: ids[`${tenant}Upstream`], match: { hosts: [`${tenant}.example`] }, priority: 10 })).id
  ids[`${tenant}Certificate`] = (await created(admin, '/self-signed-certificates', { name: `${tenant}-certificate`, tenantCode: tenant, domains: [`${tenant}.example`] })).id
  ids[`${tenant}Secret`] = (await created(admin, '/secrets', { name: `${tenant}-secret`, tenantCode: tenant, value: 'hidden' })).id
}

before(async () => {
  plane = await startControlPlane()
  const admin = plane.as.admin
  ids['listener'] = (await created(admin, '/listeners', { name: 'shared-port', protocol: 'http', port: 20_000 })).id
  ids['zetaListener'] = (await created(admin, '/listeners', { name: 'zeta-port', protocol: 'http', port: 20_001 })).id
  ids['shared'] = (await created(admin, '/upstreams', { name: 'shared-pool', targets: [target] })).id
  ids['zetaShared'] = (await created(admin, '/upstreams', { name: 'zeta-shared-pool', targets: [target] })).id
  for (const tenant of ['acme', 'zeta']) await createTenant(tenant)
  await created(admin, '/routes', { name: 'zeta-global', isGlobal: true, listenerIds: [ids['zetaListener']], upstreamId: ids['zetaShared'], match: { path: { type: 'prefix', value: '/zeta' } } })
  await created(admin, '/providers', { name: 'zeta-provider', issuer: 'https://zeta.example', audiences: ['zeta'], jwksUrl: 'https://zeta.example/keys', enabled: false })
  await created(admin, '/grants', { tenantCode: 'acme', listenerIds: [ids['listener']], upstreamIds: [ids['shared']], hostSuffixes: ['acme.example'], priority: { min: 0, max: 100 } })
  await created(admin, '/grants', { tenantCode: 'zeta', listenerIds: [ids['listener'], ids['zetaListener']], hostSuffixes: ['zeta.example'], priority: { min: 0, max: 100 } })
  const node = await enrolNode(plane, NODE)
  const published = await publishDraft(admin, { note: 'for zeta' })
  assert.equal(published.status, 201)
  const { epoch, revision, sha256 } = published.body
  const issues = ['/routes/0/upstreamId', '/routes/1', '/routes/2', '/upstreams/0', '/upstreams/1', '/upstreams/2', '/upstreams/3', '/listeners/0/port', '/listeners/1/port', ''].map((path) => ({ path, code: 'odd', message: 'zeta-pool is odd', severity: 'error' as const }))
  await node('POST', '/node/ack', ackOf({ epoch, revision, sha256 }, { result: 'applied_with_issues', issues }))
  for (const upstream of ['zetaUpstream', 'zetaShared', 'acmeUpstream']) assert.equal((await admin('POST', '/targets/weight', { upstreamId: ids[upstream], targetId: 'a', weight: 2, reason: upstream })).status, 200)
  for (const tenant of ['acme', 'zeta']) ids[`${tenant}Policy`] = (await created(admin, '/policies', { name: `${tenant}-policy`, tenantCode: tenant, cors: { origins: [`https://${tenant}.example`] } })).id
  ids['zetaSharedPolicy'] = (await created(admin, '/policies', { name: 'zeta-shared-policy', compression: {} })).id
  await patched(admin, `/routes/${ids['zetaRoute']}`, { description: 'zeta draft' })
  await patched(admin, `/routes/${ids['acmeRoute']}`, { description: 'a draft of ours' })
  const [viewer, editor, publisher] = await Promise.all((['viewer', 'editor', 'publisher'] as const).map((role) => scopedCall(role, ['acme'])))
  acme = { viewer, editor, publisher } as typeof acme
})

after(() => plane.stop())

const refusalOf = ({ status, body }: { status: number; body: any }) => [status, body?.error?.code, (body?.error?.issues ?? []).map((issue: { path: string }) => issue.path).join(' ')]

describe('who is limited to a tenant', () => {
  const QUERIES = ['of=draft', 'from=1', 'to=live', 'limit=1000', 'q=zeta', 'tenantCode=zeta', 'kind=routes', 'sort=-createdAt', 'note=zeta', 'createdBy=admin', 'pinned=false']
  const takes = (schema: unknown, query: string): boolean => Object.hasOwn((schema as { properties?: object } | undefined)?.properties ?? {}, query.split('=')[0] ?? '')

  for (const { method, path, permission, query: schema } of endpoints) {
    if (method !== 'GET' || permission === 'node' || permission === 'public') continue
    test(`never learns a name of another tenant from GET ${path}`, async () => {
      const places = path.includes(':') ? [...Object.values(ids), NODE, 'zeta', 'acme', '1'] : ['']
      for (const place of places) {
        for (const query of ['', ...QUERIES.filter((one) => takes(schema, one)).map((one) => `?${one}`)]) {
          const answer = await acme.publisher('GET', path.replace(/:\w+/g, place) + query)
          const text = JSON.stringify(answer.body?.error === undefined ? answer.body : '') + JSON.stringify(answer.body?.error?.issues ?? '')
          assert.doesNotMatch(text, /zeta/i, `${place}${query}`)
          if (nameOf(place).startsWith('zeta') || place === NODE) assert.ok([403, 404, 503].includes(answer.status), `${place}${query} answered ${answer.status}`)
        }
      }
    })
  }

  const nameOf = (place: string): string => Object.entries(ids).find(([, id]) => id === place)?.[0] ?? place

  test('sees its own resources, and of the shared ones those that its routes name or that were granted', async () => {
    const names = async (path: string) => (await acme.viewer('GET', path)).body.items.map((item: { name: string }) => item.name)
    assert.deepEqual(await names('/routes'), ['acme-route'])
    assert.deepEqual(await names('/upstreams'), ['acme-pool', 'shared-pool'])
    assert.deepEqual(await names('/policies'), ['acme-policy'])
    assert.deepEqual(await names('/listeners'), ['shared-port'])
    assert.deepEqual(await names('/certificates'), ['acme-certificate'])
    assert.deepEqual(await names('/secrets'), ['acme-secret'])
    assert.deepEqual((await acme.viewer('GET', '/grants')).body.items.map((item: { tenantCode: string }) => item.tenantCode), ['acme'])
    assert.deepEqual((await acme.viewer('GET', '/targets')).body.items.map((item: { reason: string }) => item.reason), ['acmeUpstream'])
    const { content } = (await acme.viewer('GET', '/snapshots/1')).body
    assert.deepEqual([content.routes, content.upstreams, content.listeners, content.policies, content.providers, content.tlsPolicies].map((list) => list.map((item: { name: string }) => item.name)), [['acme-route'], ['shared-pool', 'acme-pool'], ['shared-port'], [], [], []])
    const { changes } = (await acme.viewer('GET', '/config/diff')).body
    assert.deepEqual(changes.map((change: any) => [change.name, change.change, change.fields.map((field: any) => field.path)]), [['acme-route', 'changed', ['/description']], ['acme-policy', 'added', []]])
  })

  test('sees in the audit what happened to its own resources', async () => {
    const { items } = (await acme.viewer('GET', '/audit')).body
    assert.deepEqual(new Set(items.map((item: any) => item.kind)), new Set(['routes', 'upstreams', 'policies', 'certificates', 'secrets', 'grants']))
    assert.ok(items.length > 0 && items.every((item: any) => item.after?.tenantCode === 'acme'))
  })

  test('cannot touch what is of others, shared, or of everybody', async () => {
    for (const [path, code] of [['routes', 'zetaRoute'], ['upstreams', 'zetaUpstream'], ['upstreams', 'zetaShared'], ['policies', 'zetaPolicy'], ['policies', 'zetaSharedPolicy'], ['certificates', 'zetaCertificate'], ['secrets', 'zetaSecret']] as const) {
      for (const method of ['PATCH', 'DELETE']) {
        assert.deepEqual(refusalOf(await acme.publisher(method, `/${path}/${ids[code]}`, method === 'PATCH' ? { description: 'mine now' } : undefined, { 'if-match': '"1"' })), [404, 'not_found', ''], `${method} ${code}`)
      }
    }
    for (const method of ['PATCH', 'DELETE']) assert.equal((await acme.editor(method, `/upstreams/${ids['shared']}`, {}, { 'if-match': '"1"' })).body.error.code, 'outside_grant')
    for (const [path, body] of [['/listeners', { name: 'l', protocol: 'http', port: 20_002 }], ['/providers', {}], ['/tls-policies', {}], ['/config/import', { text: '{}' }]] as const) {
      assert.deepEqual(refusalOf(await acme.publisher('POST', path, body)).slice(0, 2), [403, 'outside_grant'], path)
    }
    assert.deepEqual(refusalOf(await acme.publisher('POST', '/config/rollback', { revision: 1 })).slice(0, 2), [403, 'outside_grant'])
  })

  test('cannot make what is of others or of everybody', async () => {
    const refused = [403, 'outside_grant', '/tenantCode']
    assert.deepEqual(refusalOf(await acme.editor('POST', '/upstreams', { name: 'x', tenantCode: 'zeta' })), refused)
    assert.deepEqual(refusalOf(await acme.editor('POST', '/upstreams', { name: 'x' })), refused)
    assert.deepEqual(refusalOf(await acme.editor('POST', '/routes', { name: 'x', isGlobal: true, match: {}, respond: { status: 200 } })), refused)
    assert.deepEqual(refusalOf(await acme.publisher('POST', '/secrets', { name: 'x', value: 'x' })), refused)
    assert.deepEqual(refusalOf(await acme.publisher('POST', '/self-signed-certificates', { name: 'x', domains: ['acme.example'] })), refused)
    assert.deepEqual(refusalOf(await acme.editor('PATCH', `/upstreams/${ids['acmeUpstream']}`, { tenantCode: 'zeta' }, { 'if-match': '"1"' })), refused)
    assert.deepEqual(refusalOf(await acme.editor('PATCH', `/upstreams/${ids['acmeUpstream']}`, { tenantCode: null }, { 'if-match': '"1"' })), refused)
  })

  test('learns from an upstream that is still named only which of its own routes name it', async () => {
    await created(plane.as.admin, '/routes', { name: 'zeta-thief', tenantCode: 'zeta', listenerIds: [ids['listener']], upstreamId: ids['acmeUpstream'], match: { hosts: ['zeta.example'] }, enabled: false })
    const { status, body } = await removed(acme.editor, `/upstreams/${ids['acmeUpstream']}`)
    assert.deepEqual([status, body.error.code], [409, 'still_referenced'])
    assert.doesNotMatch(JSON.stringify(body), /zeta/)
    assert.match(JSON.stringify(body), /acme-route \(draft\)/)
  })
})

describe('a publish of a tenant', () => {
  test('takes its slice along and nothing else, and refuses what was not granted since it was written', async () => {
    const call = await scopedCall('publisher', ['third'])
    const { version } = await created(plane.as.admin, '/grants', { tenantCode: 'third', listenerIds: [ids['listener']], hostSuffixes: ['third.example'] })
    const { id: upstreamId } = await created(call, '/upstreams', { name: 'third-pool', tenantCode: 'third', targets: [target] })
    await created(call, '/routes', { name: 'third-route', tenantCode: 'third', listenerIds: [ids['listener']], upstreamId, match: { hosts: ['third.example'] } })
    const narrower = await plane.as.admin('PATCH', '/grants/third', { hostSuffixes: ['www.third.example'] }, { 'if-match': `"${version}"` })
    assert.deepEqual(refusalOf(await publishDraft(call)).slice(0, 2), [403, 'outside_grant'])
    await plane.as.admin('PATCH', '/grants/third', { hostSuffixes: ['third.example'] }, { 'if-match': `"${narrower.body.version}"` })
    const before = (await plane.as.admin('GET', '/snapshots/1')).body.content
    const { status, body } = await publishDraft(call)
    assert.equal(status, 201, JSON.stringify(body))
    const { content } = (await plane.as.admin('GET', `/snapshots/${body.revision}`)).body
    const others = (list: { tenantCode?: string }[]) => list.filter(({ tenantCode }) => tenantCode !== 'third')
    for (const kind of ['listeners', 'upstreams', 'routes', 'providers', 'tlsPolicies', 'policies']) assert.deepEqual(others(content[kind]), before[kind], `${kind} of others are as they were live, whatever their draft is`)
    assert.deepEqual(content.routes.filter(({ tenantCode }: any) => tenantCode === 'third').map(({ name }: any) => name), ['third-route'])
  })
})

describe('what lies outside of the grant', () => {
  const route = (more: object) => ({ name: 'granted', tenantCode: 'acme', listenerIds: [ids['listener']], upstreamId: ids['acmeUpstream'], match: { hosts: ['new.acme.example'] }, priority: 5, ...more })
  const attempt = async (more: object) => refusalOf(await acme.editor('POST', '/routes', route(more)))

  test('is refused by the name of the field', async () => {
    assert.deepEqual(await attempt({ listenerIds: [] }), [403, 'outside_grant', '/listenerIds'])
    assert.deepEqual(await attempt({ listenerIds: [ids['listener'], ids['zetaListener']] }), [403, 'outside_grant', '/listenerIds/1'])
    for (const hosts of [[], ['*'], ['*:8080'], ['other.example'], ['notacme.example'], ['acme.example.evil.example'], ['*.example'], ['xn--acme-.example']]) {
      assert.deepEqual(await attempt({ match: { hosts } }), [403, 'outside_grant', hosts.length === 0 ? '/match/hosts' : '/match/hosts/0'], hosts.join())
    }
    for (const priority of [-1, 101]) assert.deepEqual(await attempt({ priority }), [403, 'outside_grant', '/priority'])
    assert.deepEqual(await attempt({ upstreamId: ids['zetaShared'] }), [403, 'outside_grant', '/upstreamId'])
    assert.deepEqual(await attempt({ mirror: { upstreamId: ids['zetaShared'] } }), [403, 'outside_grant', '/mirror/upstreamId'])
    assert.deepEqual(await attempt({ listenerIds: [], priority: 101 }), [403, 'outside_grant', '/listenerIds /priority'])
    assert.deepEqual(await attempt({ upstreamId: ids['zetaUpstream'] }), [400, 'invalid_request', '/upstreamId'], 'as if it were not there')
    assert.equal((await acme.publisher('POST', '/self-signed-certificates', { name: 'x', tenantCode: 'acme', domains: ['zeta.example'] })).body.error.code, 'outside_grant')
  })

  test('and what lies inside is taken', async () => {
    for (const hosts of [['acme.example'], ['ACME.example:8080'], ['*.acme.example'], ['*.deep.acme.example:443']]) {
      const { id } = await created(acme.editor, '/routes', route({ match: { hosts } }))
      assert.equal((await removed(acme.editor, `/routes/${id}`)).status, 204)
    }
    const { id } = await created(acme.editor, '/routes', route({ upstreamId: ids['shared'], priority: 100 }))
    assert.equal((await removed(acme.editor, `/routes/${id}`)).status, 204)
    await created(acme.publisher, '/self-signed-certificates', { name: 'own', tenantCode: 'acme', domains: ['www.acme.example'] })
  })

  test('stays where an admin put it, and cannot grow', async () => {
    const { id } = await created(plane.as.admin, '/routes', route({ name: 'by an admin', match: { hosts: ['elsewhere.example'] }, priority: 1000, upstreamId: ids['zetaShared'] }))
    assert.equal((await patched(acme.editor, `/routes/${id}`, { description: 'still mine' })).priority, 1000)
    assert.deepEqual(refusalOf(await acme.editor('PATCH', `/routes/${id}`, { priority: 1001 }, { 'if-match': '"2"' })), [403, 'outside_grant', '/priority'])
    assert.equal((await removed(acme.editor, `/routes/${id}`)).status, 204)
  })

  test('is everything where there is no grant', async () => {
    const call = await scopedCall('editor', ['nobody'])
    const { id } = await created(call, '/upstreams', { name: 'own', tenantCode: 'nobody' })
    assert.deepEqual(refusalOf(await call('POST', '/routes', route({ tenantCode: 'nobody', upstreamId: id, priority: 0 }))), [403, 'outside_grant', '/listenerIds/0 /match/hosts/0 /priority'])
  })
})

describe('the draft as a tenant sees it', () => {
  test('has issues of its own resources, with words that name nobody else', async () => {
    const { id } = await created(plane.as.admin, '/routes', { name: 'acme-twin', tenantCode: 'acme', listenerIds: [ids['listener']], upstreamId: ids['zetaUpstream'], match: { hosts: ['acme.example'] }, priority: 10 })
    const { body } = await acme.viewer('POST', '/config/validate')
    const routes = (await acme.viewer('GET', '/routes?limit=1000')).body.items.toSorted((a: any, b: any) => (a.id < b.id ? -1 : 1))
    const found = body.issues.map((issue: any) => [issue.code, routes[Number(issue.path.split('/')[2])]?.id, issue.path.split('/').slice(3).join('/')])
    assert.ok(found.some(([code, route, field]: any) => code === 'tenant_mismatch' && route === id && field === 'upstreamId'), JSON.stringify(body.issues))
    assert.doesNotMatch(JSON.stringify(body), /zeta/)
    assert.match(JSON.stringify((await plane.as.viewer('POST', '/config/validate')).body), /zeta/)
    const explained = await acme.viewer('POST', '/config/explain?of=draft', { url: 'http://acme.example:20000/' })
    assert.equal(explained.body.error.code, 'config_invalid')
    assert.doesNotMatch(JSON.stringify(explained.body), /zeta/)
    await removed(plane.as.admin, `/routes/${id}`)
  })

  test('explains its own routes whole, and of others only that they go first', async () => {
    const explain = async (url: string, tenant: string) => (await acme.viewer('POST', '/config/explain', { url, headers: [`X-Tenant-Code: ${tenant}`] })).body
    const own = await explain('http://acme.example:20000/', 'acme')
    assert.deepEqual([own.route.name, own.action.upstreams[0].name, own.listener.name], ['acme-route', 'acme-pool', 'shared-port'])
    const foreign = await explain('http://zeta.example:20000/', 'zeta')
    assert.deepEqual([foreign.route.name, foreign.policies, foreign.action, foreign.forwarded], ['(outside of your tenants)', [], null, null])
    const global = await explain('http://any.example:20001/zeta', 'acme')
    assert.deepEqual([global.route.name, global.listener.name, global.candidates.find((candidate: any) => candidate.outcome === 'wins').name], ['(outside of your tenants)', '(outside of your tenants)', '(outside of your tenants)'])
    assert.doesNotMatch(JSON.stringify([own, foreign.candidates, global.candidates]), /zeta-/)
  })
})

describe('a grant', () => {
  test('is made, changed and taken back by admins', async () => {
    const made = await plane.as.admin('POST', '/grants', { tenantCode: 'third/one' })
    assert.deepEqual([made.status, made.headers.get('etag'), made.body.priority, made.body.hostSuffixes], [201, '"1"', { min: 0, max: 0 }, []])
    const path = `/grants/${encodeURIComponent('third/one')}`
    assert.equal((await plane.as.admin('POST', '/grants', { tenantCode: 'third/one' })).body.error.code, 'name_taken')
    const changed = await plane.as.admin('PATCH', path, { hostSuffixes: ['*'], priority: { min: -5, max: 5 } }, { 'if-match': '"1"' })
    assert.deepEqual([changed.status, changed.body.version, changed.body.hostSuffixes, changed.body.priority], [200, 2, ['*'], { min: -5, max: 5 }])
    assert.equal((await plane.as.admin('PATCH', path, {}, { 'if-match': '"1"' })).status, 412)
    assert.equal((await plane.as.admin('DELETE', path, undefined, { 'if-match': '"2"' })).status, 204)
    assert.equal((await plane.as.admin('GET', path)).status, 404)
  })

  test('names what is there', async () => {
    const attempt = async (more: object) => refusalOf(await plane.as.admin('POST', '/grants', { tenantCode: 'fourth', ...more }))
    assert.deepEqual(await attempt({ listenerIds: [ids['shared']] }), [400, 'invalid_request', '/listenerIds'])
    assert.deepEqual(await attempt({ upstreamIds: [ids['acmeUpstream']] }), [400, 'invalid_request', '/upstreamIds'], 'one with an owner')
    assert.deepEqual(await attempt({ priority: { min: 2, max: 1 } }), [400, 'invalid_request', '/priority/max'])
    assert.deepEqual(await attempt({ hostSuffixes: ['.acme.example'] }), [400, 'invalid_request', '/hostSuffixes/0'])
  })
})
