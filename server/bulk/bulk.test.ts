import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { verifyAudit } from '../audit/verify-audit.ts'
import type { ApiAnswer } from '../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, publishDraft, removed, type SmallDraft } from '../testing/drafts.ts'

const NOBODY = '01890000-0000-7000-8000-000000000000'

let plane: ControlPlane
let draft: SmallDraft
let other: SmallDraft
let ids: string[]

before(async () => {
  plane = await startControlPlane()
  draft = await createSmallDraft(plane.as.editor)
  other = await createSmallDraft(plane.as.editor, 'other', 20_001)
  ids = []
  for (const index of [1, 2, 3, 4, 5]) ids.push((await created(plane.as.editor, '/routes', { name: `many ${index}`, isGlobal: true, listenerIds: [draft.listenerId], upstreamId: draft.upstreamId, labels: { team: index % 2 === 0 ? 'even' : 'odd' }, match: { path: { type: 'prefix', value: `/many/${index}` } } })).id)
})

after(() => plane.stop())

const bulk = (body: object, kind = 'routes') => plane.as.editor('POST', `/${kind}:bulk`, body)
const error = (answer: ApiAnswer) => [answer.status, answer.body.error?.code]
const routes = async () => (await plane.as.viewer('GET', '/routes?q=many')).body.items as any[]
const issuesOf = (answer: ApiAnswer): string[] => answer.body.error.issues.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`).sort()

describe('a bulk change', () => {
  test('disables and enables by ids; what is so already is not touched', async () => {
    const { status, body } = await bulk({ action: 'disable', ids: ids.slice(0, 3) })
    assert.deepEqual([status, body], [200, { found: 3, changed: 3 }])
    assert.deepEqual((await bulk({ action: 'disable', ids })).body, { found: 5, changed: 2 })
    assert.deepEqual((await routes()).map(({ enabled, version, updatedBy }) => [enabled, version, updatedBy]), Array.from({ length: 5 }, () => [false, 2, 'token:test editor']))
    assert.deepEqual((await bulk({ action: 'enable', filter: { enabled: 'false' }, expectedCount: 5 })).body, { found: 5, changed: 5 })
  })

  test('labels by a filter, as the list has it, with the number that was seen', async () => {
    assert.deepEqual((await bulk({ action: 'label', filter: { label: 'team=odd' }, expectedCount: 3, labels: { wave: '1', team: 'first' } })).body, { found: 3, changed: 3 })
    assert.deepEqual((await routes()).map(({ labels }) => labels), [1, 2, 3, 4, 5].map((index) => (index % 2 === 0 ? { team: 'even' } : { team: 'first', wave: '1' })))
    assert.deepEqual((await bulk({ action: 'unlabel', filter: { q: 'MANY' }, expectedCount: 5, labelNames: ['wave'] })).body, { found: 5, changed: 3 })
    assert.ok((await routes()).every(({ labels }) => !('wave' in labels)))
  })

  test('moves routes to another upstream and other listeners, which they protect then', async () => {
    assert.deepEqual((await bulk({ action: 'move', filter: { upstreamId: draft.upstreamId, q: 'many' }, expectedCount: 5, upstreamId: other.upstreamId })).body, { found: 5, changed: 5 })
    assert.deepEqual((await bulk({ action: 'move', ids, listenerIds: [other.listenerId] })).body, { found: 5, changed: 5 })
    assert.ok((await routes()).every(({ upstreamId, listenerIds }) => upstreamId === other.upstreamId && listenerIds[0] === other.listenerId))
    const answer = await removed(plane.as.editor, `/upstreams/${other.upstreamId}`)
    assert.equal(answer.body.error.referrers.length, 6)
    assert.equal((await plane.as.viewer('GET', `/routes?upstreamId=${draft.upstreamId}`)).body.items.length, 1)
  })

  test('leaves one row of the audit for each resource, with what changed', async () => {
    const [row] = (await plane.as.viewer('GET', `/audit?action=routes.bulk&resourceId=${ids[0]}`)).body.items
    assert.deepEqual([row.before, row.after], [{ name: 'many 1', listenerIds: [draft.listenerId] }, { name: 'many 1', listenerIds: [other.listenerId] }])
    assert.equal((await verifyAudit(plane.db, null)).problem, null)
  })

  test('deletes; upstreams only when no route, draft or revision, names any of them', async () => {
    await publishDraft(plane.as.publisher)
    const spare = (await created(plane.as.editor, '/upstreams', { name: 'spare' })).id
    const answer = await bulk({ action: 'delete', ids: [spare, other.upstreamId] }, 'upstreams')
    assert.deepEqual(error(answer), [409, 'still_referenced'])
    assert.deepEqual([...new Set(answer.body.error.referrers.map((referrer: any) => referrer.in))], ['draft', 'revision 1'])
    assert.equal((await plane.as.viewer('GET', `/upstreams/${spare}`)).status, 200)
    assert.deepEqual((await bulk({ action: 'delete', ids }, 'routes')).body, { found: 5, changed: 5 })
    assert.equal((await plane.as.viewer('GET', `/routes/${ids[0]}`)).status, 404)
    assert.deepEqual((await bulk({ action: 'delete', ids: [spare] }, 'upstreams')).body, { found: 1, changed: 1 })
    const [row] = (await plane.as.viewer('GET', `/audit?action=upstreams.bulk&resourceId=${spare}`)).body.items
    assert.deepEqual([row.before.name, row.after], ['spare', null])
  })
})

describe('nothing is changed', () => {
  const untouched = async (body: object, kind = 'routes') => {
    const before = await plane.db.audit.count()
    const answer = await bulk(body, kind)
    assert.equal(await plane.db.audit.count(), before)
    return answer
  }

  test('when an id is not there', async () => {
    const answer = await untouched({ action: 'disable', ids: [draft.routeId, NOBODY] })
    assert.deepEqual([...error(answer), answer.body.error.missing], [404, 'not_found', [NOBODY]])
  })

  test('when the filter finds another number than expected', async () => {
    const answer = await untouched({ action: 'disable', filter: {}, expectedCount: 7 })
    assert.deepEqual([...error(answer), answer.body.error.found], [409, 'selection_changed', 2])
  })

  test('when one of them cannot become so', async () => {
    const redirect = (await created(plane.as.editor, '/routes', { name: 'redirect', isGlobal: true, redirect: { to: 'https://h.example/', status: 308 } })).id
    const answer = await untouched({ action: 'move', ids: [draft.routeId, redirect], upstreamId: other.upstreamId })
    assert.deepEqual([...error(answer), issuesOf(answer)], [400, 'invalid_request', [`/${redirect}/upstreamId nothing_to_move`]])
    const labels = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`l${index}`, 'x']))
    assert.equal((await bulk({ action: 'label', ids: [redirect], labels })).status, 200)
    assert.deepEqual(issuesOf(await untouched({ action: 'label', ids: [draft.routeId, redirect], labels: { more: 'x' } })), [`/${redirect}/labels invalid_value`])
  })

  test('when what they would move to is not there', async () => {
    assert.deepEqual(issuesOf(await untouched({ action: 'move', ids: [draft.routeId], upstreamId: NOBODY })), ['/upstreamId unknown_reference'])
    assert.deepEqual(issuesOf(await untouched({ action: 'move', ids: [draft.routeId], listenerIds: [NOBODY] })), ['/listenerIds/0 unknown_reference'])
  })

  test('when the request does not fit together; every mistake is named', async () => {
    const wrong: [object, string[]][] = [
      [{ action: 'enable' }, ['/ids required']],
      [{ action: 'enable', ids: [NOBODY], filter: {}, expectedCount: 1 }, ['/filter required']],
      [{ action: 'enable', filter: {} }, ['/expectedCount required']],
      [{ action: 'label', ids: [NOBODY], labelNames: ['x'] }, ['/labelNames invalid_value', '/labels required']],
      [{ action: 'move', ids: [NOBODY], upstreamId: NOBODY, listenerIds: [] }, ['/listenerIds invalid_value']],
      [{ action: 'delete', ids: [NOBODY], upstreamId: NOBODY }, ['/upstreamId invalid_value']],
      [{ action: 'paint', ids: [], filter: { colour: 'red' } }, ['/action invalid_value', '/filter/colour unknown_field', '/ids invalid_value']]
    ]
    for (const [body, issues] of wrong) assert.deepEqual(issuesOf(await untouched(body)), issues, JSON.stringify(body))
    assert.deepEqual(issuesOf(await untouched({ action: 'move', ids: [NOBODY], upstreamId: NOBODY }, 'upstreams')), ['/action invalid_value', '/upstreamId unknown_field'])
    const tooMany = Array.from({ length: 10_001 }, (_, index) => `01890000-0000-7000-8000-${String(index).padStart(12, '0')}`)
    assert.deepEqual(issuesOf(await untouched({ action: 'enable', ids: tooMany })), ['/ids invalid_value'])
  })
})

test('two bulk changes of the same resources do not stand in each other\'s way', async () => {
  const many = await Promise.all(Array.from({ length: 30 }, (_, index) => created(plane.as.editor, '/upstreams', { name: `twin ${index}` }).then(({ id }) => id as string)))
  const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => bulk({ action: index % 2 === 0 ? 'disable' : 'enable', ids: index % 3 === 0 ? many : many.toReversed() }, 'upstreams')))
  assert.deepEqual(answers.map(({ status }) => status), Array.from({ length: 8 }, () => 200))
  assert.equal((await verifyAudit(plane.db, null)).problem, null)
})
