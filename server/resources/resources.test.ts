import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, patched, removed } from '../testing/drafts.ts'

const NOBODY = '01890000-0000-7000-8000-000000000000'

let plane: ControlPlane
let count = 0
const unique = () => `thing-${++count}`

before(async () => {
  plane = await startControlPlane()
})

after(() => plane.stop())

/** `path code` of every issue of a refusal, sorted. */
const issuesOf = (answer: { body: any }): string[] => answer.body.error.issues.map((issue: { path: string; code: string }) => `${issue.path} ${issue.code}`).sort()

describe('a resource', () => {
  test('is created with its defaults, read, changed and deleted', async () => {
    const name = unique()
    const create = await plane.as.editor('POST', '/upstreams', { name, targets: [{ id: 'a', address: 'http://origin.example:8080' }] })
    assert.equal(create.status, 201)
    assert.equal(create.headers.get('etag'), '"1"')
    const { id, version, loadBalancing, createdBy, targets } = create.body
    assert.deepEqual({ version, loadBalancing, createdBy }, { version: 1, loadBalancing: 'PowerOfTwoChoices', createdBy: 'token:test editor' })
    assert.equal(targets[0].weight, 1)

    const read = await plane.as.viewer('GET', `/upstreams/${id}`)
    assert.deepEqual([read.status, read.headers.get('etag'), read.body], [200, '"1"', create.body])

    const update = await plane.as.editor('PATCH', `/upstreams/${id}`, { slowStartSeconds: 5 }, { 'if-match': '"1"' })
    assert.deepEqual([update.status, update.headers.get('etag'), update.body.slowStartSeconds, update.body.targets], [200, '"2"', 5, targets])

    assert.equal((await plane.as.editor('DELETE', `/upstreams/${id}`, undefined, { 'if-match': '"2"' })).status, 204)
    assert.equal((await plane.as.viewer('GET', `/upstreams/${id}`)).status, 404)
  })

  test('that is deleted keeps its row and gives its name free', async () => {
    const name = unique()
    const { id } = await created(plane.as.editor, '/upstreams', { name })
    await removed(plane.as.editor, `/upstreams/${id}`)
    const row = await plane.db.drafted.upstreams.findByPk(id)
    assert.ok(row?.deletedAt)
    assert.equal((await plane.as.editor('POST', '/upstreams', { name })).status, 201)
    assert.equal((await plane.as.editor('PATCH', `/upstreams/${id}`, {}, { 'if-match': '"2"' })).status, 404)
  })

  test('has a name of its own, letter case ignored, within its tenant', async () => {
    const name = unique()
    await created(plane.as.editor, '/upstreams', { name })
    const again = await plane.as.editor('POST', '/upstreams', { name: name.toUpperCase() })
    assert.deepEqual([again.status, again.body.error.code], [409, 'name_taken'])
    assert.deepEqual(issuesOf(again), ['/name name_taken'])
    assert.equal((await plane.as.editor('POST', '/upstreams', { name, tenantCode: 'acme' })).status, 201)
    assert.equal((await plane.as.editor('POST', '/listeners', { name, protocol: 'http', port: 20_000 })).status, 201)
  })

  test('is changed by a merge patch: absent keeps, null clears, objects merge, lists are replaced', async () => {
    const { id } = await created(plane.as.editor, '/upstreams', { name: unique(), description: 'text', labels: { a: '1', b: '2' }, targets: [{ id: 'a', address: 'http://a.example' }, { id: 'b', address: 'http://b.example' }] })
    const body = await patched(plane.as.editor, `/upstreams/${id}`, { description: null, labels: { a: null, c: '3' }, connection: { idleMs: 9 }, targets: [{ id: 'c', address: 'http://c.example' }] })
    assert.equal(body.description, undefined)
    assert.deepEqual(body.labels, { b: '2', c: '3' })
    assert.deepEqual([body.connection.idleMs, body.connection.connectTimeoutMs], [9, 5000])
    assert.deepEqual(body.targets.map((target: { id: string }) => target.id), ['c'])
  })

  test('whose cleared field has a default goes back to it', async () => {
    const { id } = await created(plane.as.editor, '/upstreams', { name: unique(), slowStartSeconds: 5 })
    assert.equal((await patched(plane.as.editor, `/upstreams/${id}`, { slowStartSeconds: null })).slowStartSeconds, 0)
  })

  test('keeps fields that are stored by the control plane out of reach', async () => {
    const { id } = await created(plane.as.editor, '/upstreams', { name: unique() })
    const answer = await plane.as.editor('PATCH', `/upstreams/${id}`, { id: NOBODY, version: 9, createdBy: 'me' }, { 'if-match': '"1"' })
    assert.equal(answer.status, 400)
    assert.deepEqual(issuesOf(answer), ['/createdBy unknown_field', '/id unknown_field', '/version unknown_field'])
  })
})

describe('If-Match', () => {
  test('is asked for', async () => {
    const { id } = await created(plane.as.editor, '/upstreams', { name: unique() })
    for (const [method, body] of [['PATCH', {}], ['DELETE', undefined]] as const) {
      for (const headers of [{}, { 'if-match': '*' }, { 'if-match': '1' }] as Record<string, string>[]) {
        const answer = await plane.as.editor(method, `/upstreams/${id}`, body, headers)
        assert.deepEqual([answer.status, answer.body.error.code], [428, 'precondition_required'])
      }
    }
  })

  test('with an old version is told the resource as it is now', async () => {
    const { id } = await created(plane.as.editor, '/upstreams', { name: unique() })
    await patched(plane.as.editor, `/upstreams/${id}`, { slowStartSeconds: 7 })
    const answer = await plane.as.editor('PATCH', `/upstreams/${id}`, { slowStartSeconds: 1 }, { 'if-match': '"1"' })
    assert.equal(answer.status, 412)
    assert.deepEqual([answer.body.error.code, answer.body.error.current.version, answer.body.error.current.slowStartSeconds], ['version_mismatch', 2, 7])
    assert.equal((await plane.as.editor('DELETE', `/upstreams/${id}`, undefined, { 'if-match': '"1"' })).status, 412)
  })

  test('lets one of two editors through', async () => {
    const { id } = await created(plane.as.editor, '/upstreams', { name: unique() })
    const answers = await Promise.all([1, 2, 3, 4].map((seconds) => plane.as.editor('PATCH', `/upstreams/${id}`, { slowStartSeconds: seconds }, { 'if-match': '"1"' })))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412, 412])
  })
})

describe('a wrong body', () => {
  test('is answered with every issue and its pointer; nothing is written', async () => {
    const name = unique()
    const answer = await plane.as.editor('POST', '/upstreams', {
      name: '',
      slowStartSeconds: 'long',
      targets: [{ id: 'a', address: 'ftp://a.example' }, { address: 'http://b.example', weight: 0 }],
      healthCheck: { active: { intervalSeconds: -1 } },
      colour: name
    })
    assert.equal(answer.status, 400)
    assert.equal(answer.body.error.code, 'invalid_request')
    assert.deepEqual(issuesOf(answer), [
      '/colour unknown_field',
      '/healthCheck/active/intervalSeconds invalid_value',
      '/name invalid_value',
      '/slowStartSeconds invalid_value',
      '/targets/0/address invalid_value',
      '/targets/1/id required',
      '/targets/1/weight invalid_value'
    ])
    assert.equal(await plane.db.drafted.upstreams.count({ where: { name: '' } }), 0)
  })

  test('tells unknown references together with everything else', async () => {
    const answer = await plane.as.editor('POST', '/routes', { name: unique(), isGlobal: true, listenerIds: [NOBODY], split: [{ upstreamId: NOBODY, weight: -1 }], mirror: { upstreamId: NOBODY } })
    assert.deepEqual(issuesOf(answer), ['/listenerIds/0 unknown_reference', '/mirror/upstreamId unknown_reference', '/split/0/upstreamId unknown_reference', '/split/0/weight invalid_value'])
  })

  test('leaves a resource as it was', async () => {
    const { id } = await created(plane.as.editor, '/upstreams', { name: unique(), slowStartSeconds: 3 })
    assert.equal((await plane.as.editor('PATCH', `/upstreams/${id}`, { slowStartSeconds: 4, nothing: 1 }, { 'if-match': '"1"' })).status, 400)
    assert.deepEqual(await plane.as.viewer('GET', `/upstreams/${id}`).then(({ body }) => [body.version, body.slowStartSeconds]), [1, 3])
  })

  test('is refused when it is not JSON, not said to be, or too large', async () => {
    const post = (body: string, type = 'application/json') => plane.as.editor('POST', '/upstreams', body, { 'content-type': type })
    assert.equal((await post('{"name":')).body.error.code, 'invalid_json')
    assert.equal((await post('{}', 'text/plain')).body.error.code, 'unsupported_media_type')
    assert.equal((await post('{}', 'application/x-www-form-urlencoded')).status, 415)
    assert.equal((await post('[]')).body.error.issues[0].path, '')
    const large = await post(JSON.stringify({ name: 'x'.repeat(5 * 1024 * 1024) }))
    assert.deepEqual([large.status, large.body.error.code], [413, 'body_too_large'])
  })

  test('may hold names that nobody has yet and pieces that do not fit yet: that is for the publish', async () => {
    await created(plane.as.editor, '/routes', { name: unique(), isGlobal: true, respond: { status: 204 }, compressionPolicy: 'shop' })
    await created(plane.as.editor, '/listeners', { name: unique(), protocol: 'https', port: 20_443 })
    const { body } = await plane.as.viewer('POST', '/config/validate')
    const codes = new Set(body.issues.map((issue: { code: string }) => issue.code))
    assert.ok(codes.has('unknown_reference') && codes.has('tls_policy_required'), [...codes].join())
  })
})

describe('what a route names', () => {
  test('by name cannot be deleted either, and a tenant\'s own policy goes before that of all', async () => {
    const name = unique()
    const shared = await created(plane.as.editor, '/policies', { name, cors: { origins: ['https://a.example'] } })
    const own = await created(plane.as.editor, '/policies', { name, tenantCode: 'acme', cors: { origins: ['https://a.example'] } })
    const route = await created(plane.as.editor, '/routes', { name: unique(), tenantCode: 'acme', respond: { status: 204 }, corsPolicy: name.toUpperCase() })
    const { status, body } = await removed(plane.as.editor, `/policies/${own.id}`)
    assert.deepEqual([status, body.error.code, body.error.referrers?.map(({ id }: { id: string }) => id)], [409, 'still_referenced', [route.id]])
    assert.equal((await removed(plane.as.editor, `/policies/${shared.id}`)).status, 204)
  })

  test('cannot be deleted; the answer lists who names it', async () => {
    const name = unique()
    const { listenerId, upstreamId, routeId } = await createSmallDraft(plane.as.editor, name, 20_100)
    for (const path of [`/listeners/${listenerId}`, `/upstreams/${upstreamId}`]) {
      const answer = await removed(plane.as.editor, path)
      assert.deepEqual([answer.status, answer.body.error.code], [409, 'still_referenced'])
      assert.deepEqual(answer.body.error.referrers, [{ kind: 'routes', id: routeId, name, in: 'draft' }])
    }
    assert.equal((await removed(plane.as.editor, `/routes/${routeId}`)).status, 204)
    assert.equal((await removed(plane.as.editor, `/listeners/${listenerId}`)).status, 204)
    assert.equal((await removed(plane.as.editor, `/upstreams/${upstreamId}`)).status, 204)
  })

  test('is protected in a split and as a mirror, and free when the route lets go of it', async () => {
    const [one, two] = await Promise.all([unique(), unique()].map(async (name) => (await created(plane.as.editor, '/upstreams', { name })).id))
    const route = await created(plane.as.editor, '/routes', { name: unique(), isGlobal: true, split: [{ upstreamId: one }], mirror: { upstreamId: two } })
    assert.equal((await removed(plane.as.editor, `/upstreams/${one}`)).status, 409)
    assert.equal((await removed(plane.as.editor, `/upstreams/${two}`)).status, 409)
    await patched(plane.as.editor, `/routes/${route.id}`, { mirror: null })
    assert.equal((await removed(plane.as.editor, `/upstreams/${two}`)).status, 204)
  })

  test('cannot be deleted at the very moment it is named', async () => {
    for (let round = 0; round < 8; round++) {
      const { id } = await created(plane.as.editor, '/upstreams', { name: unique() })
      const [removal, route] = await Promise.all([
        plane.as.editor('DELETE', `/upstreams/${id}`, undefined, { 'if-match': '"1"' }),
        plane.as.editor('POST', '/routes', { name: unique(), isGlobal: true, upstreamId: id })
      ])
      assert.ok((removal.status === 204 && route.status === 400) || (removal.status === 409 && route.status === 201), `${removal.status} and ${route.status}`)
    }
  })
})

describe('a list', () => {
  test('is paged in its order without a gap or a repetition, in either direction', async () => {
    const made = new Set<string>()
    for (let index = 0; index < 7; index++) made.add((await created(plane.as.editor, '/upstreams', { name: `paged-${index}` })).id)
    for (const sort of ['name', '-name', 'updatedAt', '-updatedAt']) {
      const seen: string[] = []
      let cursor = ''
      do {
        const { body } = await plane.as.viewer('GET', `/upstreams?q=PAGED-&limit=3&sort=${sort}${cursor}`)
        seen.push(...body.items.map((item: { id: string }) => item.id))
        cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
      } while (cursor !== '')
      assert.deepEqual(seen, sort.startsWith('-') ? [...made].reverse() : [...made], sort)
    }
  })

  test('is paged through equal values, and through what is added and deleted meanwhile', async () => {
    const made: string[] = []
    for (let index = 0; index < 6; index++) made.push((await created(plane.as.editor, '/upstreams', { name: 'same name', tenantCode: `same-${index}` })).id)
    await plane.db.drafted.upstreams.update({ updatedAt: new Date() }, { where: { id: made } })
    for (const sort of ['name', '-name', 'updatedAt', '-updatedAt']) {
      const ordered = sort.startsWith('-') ? [...made].reverse() : [...made]
      const first = (await plane.as.viewer('GET', `/upstreams?q=same+name&limit=2&sort=${sort}`)).body
      const gone = await created(plane.as.editor, '/upstreams', { name: 'same name', tenantCode: `gone-${sort}` })
      await removed(plane.as.editor, `/upstreams/${gone.id}`)
      const rest = (await plane.as.viewer('GET', `/upstreams?q=same+name&limit=4&sort=${sort}&cursor=${first.nextCursor}`)).body
      assert.deepEqual([...first.items, ...rest.items].map((item: { id: string }) => item.id), ordered, sort)
      assert.equal(rest.nextCursor, null, 'a last page that is just full is the last one')
    }
  })

  test('takes no cursor of another order or of nobody', async () => {
    const { nextCursor } = (await plane.as.viewer('GET', '/upstreams?limit=1')).body
    for (const query of [`sort=updatedAt&cursor=${nextCursor}`, 'cursor=', 'cursor=x', `cursor=${Buffer.from('["a",1]').toString('base64url')}`]) {
      assert.deepEqual(issuesOf(await plane.as.viewer('GET', `/upstreams?${query}`)), ['/cursor invalid_value'], query)
    }
  })

  test('is filtered by text, state and tenant; wildcards in the text are plain', async () => {
    await created(plane.as.editor, '/upstreams', { name: 'filter 100%', enabled: false })
    await created(plane.as.editor, '/upstreams', { name: 'filter 1000', tenantCode: 'filtered' })
    const names = async (query: string) => (await plane.as.viewer('GET', `/upstreams?${query}`)).body.items.map((item: { name: string }) => item.name)
    assert.deepEqual(await names('q=filter'), ['filter 100%', 'filter 1000'])
    assert.deepEqual(await names('q=0%25'), ['filter 100%'])
    assert.deepEqual(await names('q=filter&enabled=false'), ['filter 100%'])
    assert.deepEqual(await names('tenantCode=filtered'), ['filter 1000'])
  })

  test('refuses a query it does not know, every mistake at once', async () => {
    const answer = await plane.as.viewer('GET', '/upstreams?limit=0&sort=colour&page=2')
    assert.equal(answer.status, 400)
    assert.deepEqual(issuesOf(answer), ['/limit invalid_value', '/page unknown_field', '/sort invalid_value'])
    assert.equal((await plane.as.viewer('GET', '/upstreams?sort=name&sort=name')).status, 400)
  })
})
