import assert from 'node:assert/strict'
import fs from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'

let plane: ControlPlane

before(async () => {
  plane = await startControlPlane()
})

after(() => plane.stop())

const YARP = fs.readFileSync(new URL('../../shared/yarp/testing/appsettings.json', import.meta.url), 'utf8')
const SMALL = `
format: open-gateway/1
listeners:
  - name: web
    protocol: http
    port: 8080
upstreams:
  - name: app
    targets:
      - { id: a, address: "http://10.0.0.1" }
routes:
  - name: all
    isGlobal: true
    listeners: [web]
    upstream: app
    match: { path: { type: prefix, value: / } }
`
const bring = (text: string, more: object = {}) => plane.as.editor('POST', '/config/import', { text, ...more })
const taken = async (of = 'draft', format = 'yaml') => (await plane.as.viewer('GET', `/config/export?of=${of}&format=${format}`)).body
const names = async (kind: string) => (await plane.as.viewer('GET', `/${kind}`)).body.items.map(({ name }: { name: string }) => name).toSorted()
const isSomebodyWaiting = async (): Promise<boolean> => {
  const [rows] = await plane.db.sequelize.query('SELECT 1 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())')
  return rows.length > 0
}
const NONE = { listeners: [], upstreams: [], routes: [], providers: [], tlsPolicies: [], policies: [] }

describe('our own file', () => {
  test('a dry run tells what would change, and changes nothing', async () => {
    const { status, body } = await bring(SMALL, { dryRun: true })
    assert.deepEqual([status, body.dryRun, body.created], [200, true, { ...NONE, listeners: ['web'], upstreams: ['app'], routes: ['all'] }])
    assert.deepEqual(await names('routes'), [])
  })

  test('is brought in as a whole, with names in place of ids; once more changes nothing', async () => {
    assert.equal((await bring(SMALL)).status, 200)
    assert.deepEqual([await names('listeners'), await names('upstreams'), await names('routes')], [['web'], ['app'], ['all']])
    const { body } = await bring(SMALL)
    assert.deepEqual([body.created, body.updated, body.unchanged.routes], [NONE, NONE, ['all']])
  })

  test('goes out as it came in, as YAML and as JSON', async () => {
    const { text } = await taken()
    assert.match(text, /^format: open-gateway\/1\n/)
    assert.doesNotMatch(text, /upstreamId|timeouts|[0-9a-f]{8}-[0-9a-f]{4}/)
    for (const [format, file] of [['yaml', text], ['json', (await taken('draft', 'json')).text]]) {
      const { body } = await bring(file, { format, mode: 'replace' })
      assert.deepEqual([body.created, body.updated, body.deleted], [NONE, NONE, NONE], format)
    }
  })

  test('merge leaves the rest alone; replace takes it away', async () => {
    await bring(SMALL.replaceAll('app', 'other').replace('name: all', 'name: more').replace('value: /', 'value: /more').replace('port: 8080', 'port: 8081'))
    assert.deepEqual([await names('upstreams'), await names('routes')], [['app', 'other'], ['all', 'more']])
    const { body } = await bring(SMALL, { mode: 'replace' })
    assert.deepEqual([body.deleted.routes, body.deleted.upstreams, body.updated.listeners], [['more'], ['other'], ['web']])
    assert.deepEqual([await names('upstreams'), await names('routes')], [['app'], ['all']])
  })

  test('is audited as one change that names what it did', async () => {
    const { items } = (await plane.as.admin('GET', '/audit?limit=1')).body
    assert.deepEqual([items[0].action, items[0].after.deleted.routes], ['config.import', ['more']])
  })

  test('tells upstreams of one name apart by their tenants, out and in again', async () => {
    const upstream = async (fields: object): Promise<string> => (await plane.as.editor('POST', '/upstreams', { name: 'twin', ...fields })).body.id
    const ids = [await upstream({}), await upstream({ tenantCode: 'a' }), await upstream({ tenantCode: 'b' })]
    for (const [index, tenantCode] of ['a', 'a', 'b'].entries()) {
      await plane.as.editor('POST', '/routes', { name: `twin ${index}`, tenantCode, upstreamId: ids[index], match: { path: { type: 'prefix', value: `/twin-${index}` } } })
    }
    for (const format of ['yaml', 'json', 'yarp']) {
      const { body } = await bring((await taken('draft', format)).text, { mode: 'replace' })
      assert.deepEqual([body.created, body.updated, body.deleted], [NONE, NONE, NONE], format)
    }
    await bring(SMALL, { mode: 'replace' })
  })

  test('waits for whoever is changing the draft, and sees what they did', async () => {
    const editing = await plane.db.sequelize.transaction()
    const row = { id: '01890000-0000-7000-8000-000000000001', name: 'late', enabled: true, tenantCode: null, spec: {}, createdBy: 'test', createdAt: new Date(), updatedBy: 'test', updatedAt: new Date() }
    await plane.db.drafted.upstreams.create(row, { transaction: editing })
    let isDone = false
    const importing = bring(SMALL, { mode: 'replace' }).finally(() => void (isDone = true))
    while (!isDone && !await isSomebodyWaiting()) { /* look again */ }
    await editing.commit()
    assert.deepEqual((await importing).body.deleted.upstreams, ['late'])
  })
})

describe('what is wrong changes nothing, and is told at its place in the file', () => {
  const rows: [name: string, text: string, path: string, code: string][] = [
    ['no format', 'routes: []', '/format', 'invalid_file'],
    ['no YAML', 'format: [', '', 'invalid_file'],
    ['a key twice', 'format: open-gateway/1\nformat: open-gateway/1', '', 'invalid_file'],
    ['a list', '[]', '', 'invalid_file'],
    ['an unknown kind', 'format: open-gateway/1\nrotues: []', '/rotues', 'unknown_field'],
    ['an entry that is none', 'format: open-gateway/1\nroutes: [1]', '/routes/0', 'invalid_value'],
    ['a field that is wrong', SMALL.replace('port: 8080', 'port: web'), '/listeners/0/port', 'invalid_value'],
    ['a name that nobody has', SMALL.replace('upstream: app', 'upstream: nobody'), '/routes/0/upstream', 'unknown_reference'],
    ['an upstream of a split that nobody has', SMALL.replace('upstream: app', 'split: [{ upstream: app, weight: 1 }, { upstream: nobody, weight: 1 }]'), '/routes/0/split/1/upstream', 'unknown_reference'],
    ['a reference that is none', SMALL.replace('upstream: app', 'upstream: { name: app, tenant: t }'), '/routes/0/upstream', 'unknown_reference'],
    ['a name twice', SMALL.replace('upstreams:\n', 'upstreams:\n  - name: APP\n'), '/upstreams/1/name', 'duplicate_name'],
    ['a header name with a blank, as YARP writes it', JSON.stringify({ ReverseProxy: { Routes: { r: { ClusterId: 'c', Match: { Path: '/' }, Transforms: [{ RequestHeader: ' Authorization', Set: 'Bearer abc' }] } }, Clusters: { c: { Destinations: { d: { Address: 'http://10.0.0.1' } } } } } }), '/ReverseProxy/Routes/r/Transforms/0/RequestHeader', 'bad_transform'],
    ['a rule of the whole configuration', SMALL.replace('routes:\n', 'routes:\n  - { name: twin, isGlobal: true, listeners: [web], upstream: app, match: { path: { type: prefix, value: / } } }\n'), '/routes/', 'route_conflict']
  ]
  for (const [name, text, path, code] of rows) {
    test(name, async () => {
      const before = (await taken()).text
      const { status, body } = await bring(text)
      assert.equal(status, 422)
      const found = body.error.issues.find((issue: { code: string }) => issue.code === code)
      assert.ok(found?.path.startsWith(path), JSON.stringify(body.error.issues))
      assert.equal((await taken()).text, before)
    })
  }

  test('a bomb of aliases is refused', async () => {
    const bomb = `format: open-gateway/1\na: &a [${'x,'.repeat(50)}]\n${'bcdefgh'.split('').map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(20)}]`).join('\n')}\nroutes: *h`
    assert.equal((await bring(bomb)).status, 422)
  })
})

describe('settings of YARP', () => {
  test('are known by their looks, and told what they lose', async () => {
    const { status, body } = await bring(YARP.replace('"AuthorizationPolicy": "Default",', '').replace('"RateLimiterPolicy": "per-user",', '').replace('"CorsPolicy": "Disable",', '').replace('"Version": "2", "VersionPolicy": "RequestVersionExact",', ''), { dryRun: true })
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual(body.created, { ...NONE, upstreams: ['files', 'orders'], routes: ['files', 'orders'] })
    assert.ok(body.report.some(({ path }: { path: string }) => path === '/ReverseProxy/Routes/orders/OutputCachePolicy'))
  })

  test('what guards a route is never dropped: without the policy the import is refused at its place', async () => {
    const { status, body } = await bring(YARP)
    assert.equal(status, 422)
    assert.ok(body.error.issues.some(({ path, code }: { path: string; code: string }) => path === '/ReverseProxy/Routes/orders/AuthorizationPolicy' && code === 'unknown_reference'), JSON.stringify(body.error.issues))
  })

  test('go out and come back without a change', async () => {
    const { text, report } = await taken('draft', 'yarp')
    assert.ok(report.length > 0)
    const { body } = await bring(text, { mode: 'replace' })
    assert.deepEqual([body.created, body.updated, body.deleted], [NONE, NONE, NONE])
  })
})
