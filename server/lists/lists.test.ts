import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type RedisServer, startRedis } from '../../scripts/services/redis.ts'
import { endpoints } from '../api/endpoints.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, publishDraft } from '../testing/drafts.ts'
import { equals, moment } from './filters.ts'
import { defineList, type ListQuery } from './list.ts'
import { pageItems } from './page-items.ts'

let redis: RedisServer
let plane: ControlPlane

before(async () => {
  redis = await startRedis()
  plane = await startControlPlane({ redisUrl: redis.url })
  await createSmallDraft(plane.as.editor)
  await publishDraft(plane.as.publisher)
})

after(async () => {
  await plane.stop()
  await redis.stop()
})

/** What nodes tell when they are asked, and what is short: as long as there are nodes, targets or decisions. */
const SUMMARIES = ['/upstreams/:id/load', '/policies/:id/refusals', '/targets', '/config/proposals', '/requests', '/nodes/:id/certificate']

const isList = ({ query }: { query?: unknown }) => 'cursor' in ((query as { properties?: object } | undefined)?.properties ?? {})
const lists = endpoints.filter((endpoint) => endpoint.method === 'GET' && isList(endpoint))

/** Every item of a list, read in pages of `limit`. */
async function readAll(path: string, limit = 2): Promise<any[]> {
  const items: any[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { status, body } = await plane.as.admin('GET', `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    assert.equal(status, 200, JSON.stringify(body))
    assert.ok(body.items.length <= limit)
    items.push(...body.items)
    cursor = body.nextCursor
  }
  return items
}

describe('every list', () => {
  test('has the same words', () => {
    const paths = lists.map(({ path }) => path)
    for (const path of ['/routes', '/certificates', '/secrets', '/nodes', '/tokens', '/snapshots', '/audit', '/acme', '/connections']) assert.ok(paths.includes(path), path)
    const unpaged = endpoints.filter((endpoint) => 'items' in ((endpoint.answers[200]?.schema as { properties?: object } | undefined)?.properties ?? {}) && !isList(endpoint))
    assert.deepEqual(unpaged.map(({ path }) => path), SUMMARIES)
  })

  for (const { path, query } of lists.filter(({ path: one }) => !one.includes('/:'))) {
    test(`${path} sorts by each of its words, both ways, and refuses others by name`, async () => {
      const words = /(.*) before one|$/.exec((query as any).properties.sort.description)?.[1]?.match(/Order: (.*), or several/)?.[1]?.split(', ') ?? []
      assert.ok(words.length > 0)
      for (const word of words) {
        const up = await readAll(`${path}?sort=${word}`, 1000)
        const down = await readAll(`${path}?sort=-${word}`, 1000)
        assert.equal(up.length, down.length)
        assert.equal((await plane.as.admin('GET', `${path}?sort=${word},-${words[0]}&limit=1`)).status, 200)
      }
      for (const [given, at] of [['page=2', '/page'], ['sort=colour', '/sort'], ['limit=0', '/limit'], ['cursor=x', '/cursor']] as const) {
        const { status, body } = await plane.as.admin('GET', `${path}?${given}`)
        assert.deepEqual([status, body.error.issues.map((issue: any) => issue.path)], [400, [at]], given)
      }
    })
  }
})

test('an endpoint that takes no query refuses one', async () => {
  const { status, body } = await plane.as.admin('GET', '/session?verbose=true')
  assert.deepEqual([status, body.error.issues[0].path], [400, '/verbose'])
})

describe('a list of rows', () => {
  test('has no end but its last page: more than a thousand nodes', async () => {
    await plane.db.nodes.bulkCreate(Array.from({ length: 1_100 }, (_, index) => ({ id: `many-${String(index).padStart(4, '0')}`, labels: { half: index % 2 === 0 ? 'even' : 'odd' }, tokenHash: String(index).padStart(64, '0'), createdBy: 'test', createdAt: new Date(), lastHeartbeatAt: index % 3 === 0 ? null : new Date(Date.now() - index * 1000) })))
    const ids = (await readAll('/nodes?q=MANY-', 400)).map(({ id }) => id)
    assert.equal(ids.length, 1_100)
    assert.deepEqual(ids, [...new Set(ids)].sort())
    assert.equal((await readAll('/nodes?label=half=odd', 500)).length, 550)
    assert.equal((await readAll('/nodes?label=half', 500)).length, 1_100)
    assert.equal((await readAll('/nodes?label=other', 500)).length, 0)
  })

  test('repeats and skips nothing where many have no value to sort by', async () => {
    for (const sort of ['lastHeartbeatAt', '-lastHeartbeatAt']) {
      const items = await readAll(`/nodes?q=many-&sort=${sort}`, 97)
      assert.equal(new Set(items.map(({ id }) => id)).size, 1_100, sort)
      const silent = items.map(({ lastHeartbeatAt }) => lastHeartbeatAt === null)
      assert.equal(silent.indexOf(true), sort === 'lastHeartbeatAt' ? 1_100 - silent.filter(Boolean).length : 0)
      const times = items.flatMap(({ lastHeartbeatAt }) => lastHeartbeatAt ?? [])
      assert.deepEqual(times, sort === 'lastHeartbeatAt' ? times.toSorted() : times.toSorted().reverse())
    }
    const online = await readAll('/nodes?online=true', 1000)
    const offline = await readAll('/nodes?online=false', 1000)
    assert.deepEqual([online.every((node) => node.online), offline.some((node) => node.online)], [true, false])
  })

  test('can be sorted by several words at once', async () => {
    for (const [name, role] of [['b', 'viewer'], ['a', 'editor'], ['b', 'editor'], ['a', 'viewer'], ['b', 'admin']]) await created(plane.as.admin, '/tokens', { name: `sorted ${name}`, role })
    const items = await readAll('/tokens?q=SORTED&sort=-name,createdAt')
    assert.deepEqual(items.map(({ name, role }) => `${name} ${role}`), ['sorted b viewer', 'sorted b editor', 'sorted b admin', 'sorted a editor', 'sorted a viewer'])
    assert.deepEqual((await readAll('/tokens?q=sorted&role=editor')).map(({ name }) => name), ['sorted a', 'sorted b'])
  })

  test('of routes can be those that name a resource, or have a label', async () => {
    const one = await createSmallDraft(plane.as.editor, 'named-one', 20_001)
    const two = await createSmallDraft(plane.as.editor, 'named-two', 20_002)
    assert.deepEqual((await readAll(`/routes?upstreamId=${one.upstreamId}`)).map(({ id }) => id), [one.routeId])
    assert.deepEqual((await readAll(`/routes?listenerId=${two.listenerId}`)).map(({ id }) => id), [two.routeId])
    const { id } = await created(plane.as.editor, '/upstreams', { name: 'labelled', labels: { 'team.example/x': "o'brien", other: '' } })
    for (const label of ["team.example/x=o'brien", 'team.example/x', 'other=']) assert.deepEqual((await readAll(`/upstreams?label=${encodeURIComponent(label)}`)).map((item) => item.id), [id], label)
    assert.deepEqual(await readAll('/upstreams?label=team.example/x=other'), [])
  })

  test('keeps to moments', async () => {
    const [first] = await readAll('/audit?sort=id', 1000)
    assert.equal((await readAll(`/audit?until=${first.at}`)).length, 0)
    assert.equal((await readAll(`/audit?sort=id&since=${first.at}`, 1000))[0].id, first.id)
    assert.equal((await plane.as.admin('GET', '/audit?since=yesterday')).status, 400)
  })
})

test('a list in memory is paged as one in the database', () => {
  const list = defineList({
    sortable: { at: { attribute: 'at', type: 'moment', nullable: true }, size: { attribute: 'size', type: 'number' } },
    sort: 'at',
    unique: { attribute: 'id', type: 'text' },
    filters: { kind: equals('kind', ''), since: moment('at', 'since') }
  })
  const items = Array.from({ length: 50 }, (_, index) => ({ id: String(index).padStart(2, '0'), size: index % 7, at: index % 5 === 0 ? null : `2026-01-${String(1 + (index % 9)).padStart(2, '0')}T00:00:00.000Z`, kind: index % 2 === 0 ? 'even' : 'odd' }))
  for (const sort of ['at', '-at', 'size,-at', '-size,at']) {
    const read: string[] = []
    let query: ListQuery = { limit: '4', sort }
    for (;;) {
      const page = pageItems(items, list, query)
      read.push(...page.items.map(({ id }) => id))
      if (page.nextCursor === null) break
      query = { ...query, cursor: page.nextCursor }
    }
    assert.equal(read.length, 50)
    assert.deepEqual(read, pageItems(items, list, { limit: '1000', sort }).items.map(({ id }) => id))
  }
  const odd = pageItems(items, list, { limit: '1000', sort: '-at', kind: 'odd', since: '2026-01-05T00:00:00.000Z' } as ListQuery).items
  assert.ok(odd.length > 0 && odd.every(({ kind, at }) => kind === 'odd' && at !== null && at >= '2026-01-05'))
})
