import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileRoutes } from '../routing/compile-routes.ts'
import type { ExplainRequest } from '../schema/explain.ts'
import type { RecentRequest } from '../schema/recent-request.ts'
import { contentOf, type Given, testId } from '../testing/content.ts'
import { explainRequest } from './explain-request.ts'
import { explainServed } from './explain-served.ts'

const asked = (given: Partial<ExplainRequest>): ExplainRequest => ({ method: 'GET', url: 'http://h.example:8080/a/b?q=1', headers: [], clientAddress: '192.0.2.1', websocket: false, bodyBytes: 0, ...given })

function explain(content: Parameters<typeof contentOf>[0], given: Partial<ExplainRequest> = {}) {
  const whole = contentOf(content)
  return explainRequest(whole, compileRoutes(whole), asked(given))
}

const prefix = (value: string) => ({ path: { type: 'prefix', value } })

describe('candidates', () => {
  const routes: Given[] = [
    { name: 'all' },
    { name: 'by path', match: prefix('/a') },
    { name: 'other path', match: prefix('/x') },
    { name: 'other host', match: { hosts: ['shop.example'], ...prefix('/a') } },
    { name: 'other port', match: { hosts: ['h.example:1'], ...prefix('/a') } },
    { name: 'other method', match: { methods: ['PUT'], ...prefix('/a/b') } },
    { name: 'header', match: { headers: [{ name: 'X-A', values: ['1', '2'] }], ...prefix('/a/b') } },
    { name: 'query', match: { query: [{ name: 'v', mode: 'Exists' }], ...prefix('/a/b') } },
    { name: 'tenant', tenantCode: 'acme' },
    { name: 'websocket', match: { websocket: true, ...prefix('/a/b') } },
    { name: 'off', enabled: false }
  ]

  test('stand in the order in which they are tried, each with what it lost on', () => {
    const { candidates, route, refused } = explain({ routes }, { headers: ['X-A: 3'] })
    assert.deepEqual([route?.name, refused], ['by path', null])
    const of = (name: string) => candidates.find((one) => one.name === name)!
    const line = (name: string) => [of(name).outcome, of(name).criterion, of(name).wanted, of(name).came]
    assert.deepEqual(line('by path'), ['wins', '', '', ''])
    assert.deepEqual(line('all'), ['fits', '', '', ''])
    assert.deepEqual(line('other path'), ['lost', 'path', 'prefix /x', '/a/b'])
    assert.deepEqual(line('other host'), ['lost', 'host', 'shop.example', 'h.example:8080'])
    assert.deepEqual(line('other port'), ['lost', 'port', 'h.example:1', 'h.example:8080'])
    assert.deepEqual(line('other method'), ['lost', 'method', 'PUT', 'GET'])
    assert.deepEqual(line('header'), ['lost', 'header', 'X-A ExactHeader 1 or 2', '3'])
    assert.deepEqual(line('query'), ['lost', 'query', 'v Exists', '?q=1'])
    assert.deepEqual(line('tenant'), ['lost', 'tenant', 'acme', 'no tenant'])
    assert.deepEqual(line('websocket'), ['lost', 'websocket', 'a WebSocket', 'none'])
    assert.equal(of('off'), undefined)
    assert.ok(candidates.findIndex(({ name }) => name === 'by path') < candidates.findIndex(({ name }) => name === 'all'))
  })

  test('a tenant by header or token meets its own route', () => {
    assert.equal(explain({ routes }, { headers: ['X-Tenant-Code: acme'] }).route?.name, 'tenant')
    const { route, request } = explain({ routes }, { token: { user: 'ann', tenantCode: 'acme' }, headers: ['X-Tenant-Code: other'] })
    assert.deepEqual([route?.name, request?.user, request?.tenantCode, request?.tenantSource], ['tenant', 'ann', 'acme', 'token'])
  })

  test('none: 404, with all that came close', () => {
    const { refused, candidates, action } = explain({ routes: [{ match: prefix('/x') }] })
    assert.deepEqual([refused?.code, candidates.length, action], ['no_route', 1, null])
  })

  test('a port that nothing listens on, a listener by name or id', () => {
    assert.equal(explain({ routes: [{}] }, { url: 'http://h/' }).refused?.code, 'no_listener')
    for (const listener of ['LISTENER 1', testId(1)]) assert.equal(explain({ routes: [{}] }, { url: 'http://h/', listener }).route?.name, 'route 1')
  })
})

describe('the action', () => {
  const targets = ['a', 'b', 'c'].map((id, index) => ({ id, address: `http://10.0.0.${index + 1}`, weight: index + 1 }))

  test('of the gateway itself', () => {
    assert.deepEqual([explain({ routes: [{ maintenance: { enabled: true } }] }).action?.kind, explain({ routes: [{ maintenance: { enabled: true } }] }).action?.status], ['maintenance', 503])
    const { action } = explain({ routes: [{ redirect: { to: 'https://{host}{path}{query}', status: 308 } }] })
    assert.deepEqual([action?.kind, action?.status, action?.location], ['redirect', 308, 'https://h.example/a/b?q=1'])
    assert.equal(explain({ routes: [{ respond: { status: 204 } }] }).action?.status, 204)
  })

  test('shares of targets, where load does not decide', () => {
    const shares = (loadBalancing: string) => explain({ upstreams: [{ targets, loadBalancing }], routes: [{}] }).action?.upstreams[0]?.targets.map(({ share }) => share)
    assert.deepEqual(shares('WeightedRoundRobin'), [1 / 6, 2 / 6, 3 / 6])
    assert.deepEqual(shares('RoundRobin'), [1 / 3, 1 / 3, 1 / 3])
    assert.deepEqual(shares('FirstAlphabetical'), [1, 0, 0])
    assert.deepEqual(shares('PowerOfTwoChoices'), [null, null, null])
  })

  test('a sticky split says where this client goes; another only how likely', () => {
    const split = [{ upstreamId: testId(1), weight: 1 }, { upstreamId: testId(2), weight: 3 }]
    const at = (splitSticky: boolean) => explain({ upstreams: [{}, {}], routes: [{ split, splitSticky }] }).action!.upstreams
    assert.deepEqual(at(false).map(({ share, isChosen }) => [share, isChosen]), [[0.25, false], [0.75, false]])
    assert.equal(at(true).filter(({ isChosen }) => isChosen).length, 1)
  })

  test('a key binds, and the origin hears it', () => {
    const content = { upstreams: [{ targets, sessionAffinity: { enabled: true, policy: 'Hash' } }], routes: [{}] }
    const { action, forwarded } = explain(content, { token: { user: 'ann' } })
    assert.match(action!.upstreams[0]!.why, /^bound by the user ann/)
    assert.match(forwarded!, /\r\nX-Session-Key: ann\r\n/)
    assert.match(explain(content).action!.upstreams[0]!.why, /there is no key to bind it by/)
  })
})

test('each transform stands with what it changed', () => {
  const transforms = [{ PathPrefix: '/v2' }, { RequestHeader: 'X-B', Set: '2' }, { ResponseHeader: 'X-C', Set: '3', When: 'Always' }, { RequestHeaderRemove: 'X-Nobody' }]
  const { steps, responseTransforms, forwarded } = explain({ routes: [{ transforms }] }, { headers: ['Connection: X-Drop', 'X-Drop: 1'] })
  assert.deepEqual(steps[0]!.changes.filter((line) => line.startsWith('-')), ['- Host: h.example:8080'])
  assert.deepEqual(steps.slice(1).map(({ transform, changes }) => [Object.keys(transform!)[0], changes]), [
    ['PathPrefix', ['- GET /a/b?q=1 HTTP/1.1', '+ GET /v2/a/b?q=1 HTTP/1.1']],
    ['RequestHeader', ['+ X-B: 2']],
    ['RequestHeaderRemove', []]
  ])
  assert.deepEqual(responseTransforms, [transforms[2]])
  assert.match(forwarded!, /^GET \/v2\/a\/b\?q=1 HTTP\/1\.1\r\n/)
})

test('limits stand with who set them; a body that is too large is refused', () => {
  const { settings, refused } = explain({ routes: [{ maxRequestBodyBytes: 10, timeouts: { connectMs: 7 } }] }, { bodyBytes: 11 })
  const of = (name: string) => settings.find((one) => one.name === name)
  assert.deepEqual([of('maxRequestBodyBytes')?.from, of('timeouts.connectMs')?.value, of('loadBalancing')?.from], ['route', '7', 'upstream'])
  assert.equal(refused?.code, 'body_too_large')
})

describe('policies', () => {
  const keyed = { name: 'machines', authorization: { apiKey: { header: 'X-Key', keys: [{ name: 'a', hash: 'a'.repeat(64) }] } } }
  const said = (policies: Given[], route: Given, given: Partial<ExplainRequest> = {}) => {
    const { policies: found, refused, forwarded } = explain({ policies, routes: [route], providers: [{}] }, given)
    return { said: found.map(({ name, outcome, reason }) => `${name} ${outcome}: ${reason}`), refused: refused?.code, forwarded }
  }

  test('each stands with its decision and the reason', () => {
    assert.deepEqual(said([keyed], { authorizationPolicy: 'machines' }), { said: ['machines refuses: there is no key in X-Key'], refused: 'unauthorized', forwarded: null })
    const { said: known, refused, forwarded } = said([keyed], { authorizationPolicy: 'machines' }, { headers: ['X-Key: secret'] })
    assert.deepEqual([known, refused], [['machines depends: only data nodes know the keys'], undefined])
    assert.doesNotMatch(forwarded!, /X-Key/)
    const token = { name: 'staff', authorization: { jwt: {}, ipDeny: ['10.0.0.0/8'] } }
    assert.equal(said([token], { authorizationPolicy: 'staff' }).refused, 'unauthorized')
    assert.deepEqual(said([token], { authorizationPolicy: 'staff' }, { token: { user: 'ann' } }).said, ['staff passes: the token is of ann'])
    assert.deepEqual(said([token], { authorizationPolicy: 'staff' }, { headers: ['Authorization: Bearer a.b.c'] }).said, ['staff depends: only data nodes can verify the token'])
    assert.deepEqual(said([token], { authorizationPolicy: 'staff' }, { token: { user: 'ann' }, clientAddress: '10.1.1.1' }).refused, 'forbidden')
  })

  test('one that only observes refuses nothing; one that is missing refuses all', () => {
    const observed = said([{ ...keyed, mode: 'observe' }], { authorizationPolicy: 'machines' }, { headers: ['X-Key: secret'] })
    assert.equal(observed.refused, undefined)
    assert.match(observed.forwarded!, /X-Key: secret/)
    assert.equal(said([{ ...keyed, mode: 'observe' }], { authorizationPolicy: 'machines' }).refused, undefined)
    assert.equal(said([], { corsPolicy: 'nobody' }).refused, 'policy_missing')
    assert.equal(said([{ ...keyed, enabled: false }], { authorizationPolicy: 'machines' }).refused, 'policy_missing')
  })

  test('limits and browsers', () => {
    assert.match(said([{ name: 'often', rateLimiter: { limit: 5, key: 'tenant' } }], { rateLimiterPolicy: 'often' }, { headers: ['X-Tenant-Code: acme'] }).said[0]!, /5 requests in 60 s, on each node, counted as "ip 192\.0\.2\.1"/)
    assert.match(said([{ name: 'often', rateLimiter: { limit: 5, key: 'tenant' } }], { rateLimiterPolicy: 'often' }, { token: { user: 'ann', tenantCode: 'acme' } }).said[0]!, /counted as "tenant acme"/)
    assert.deepEqual(said([{ name: 'shop', cors: { origins: ['https://a.example'] } }], { corsPolicy: 'shop' }, { headers: ['Origin: https://b.example'] }).said, ['shop applies: pages of https://b.example may not read the answer'])
  })
})

test('a recent request has the tenant and the token that its node found, and credentials that are not known', () => {
  const recent: RecentRequest = { time: '', requestId: 'a-1', client: '192.0.2.1', tenant: 'acme', tenantSource: 'token', token: 'valid', listener: 'listener 1', route: '', upstream: '', target: '', method: 'GET', scheme: 'http', host: 'h.example', port: 8080, path: '/a', status: 200, code: '', attempts: 1, durationMs: 1, firstByteMs: 1, bytesIn: 0, bytesOut: 0 }
  const authorizations = { staff: { jwt: {} }, machines: { apiKey: { header: 'X-Key', keys: [{ name: 'a', hash: 'a'.repeat(64) }] } }, people: { basic: { users: [{ name: 'ann', hash: '$scrypt$ln=14,r=8,p=1$aaaaaaaaaaaaaaaa$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }] } } }
  const of = (policy: keyof typeof authorizations, more: Partial<RecentRequest> = {}) => {
    const content = contentOf({ providers: [{}], policies: [{ name: policy, authorization: authorizations[policy] }, { name: 'shop', cors: { origins: ['https://a.example'] } }], routes: [{ authorizationPolicy: policy, corsPolicy: 'shop', match: { hosts: ['h.example:8080'] } }] })
    const { request, policies, refused } = explainServed(content, compileRoutes(content), { ...recent, ...more })
    return { request, said: policies.map(({ outcome }) => outcome), refused: refused?.code ?? '' }
  }
  const { request, said, refused } = of('staff')
  assert.deepEqual([request?.tenantSource, request?.token, request?.tenantCode, said, refused], ['token', 'valid', 'acme', ['passes', 'applies'], ''])
  assert.deepEqual(of('staff', { tenant: '', tenantSource: '', token: 'invalid' }).refused, 'unauthorized')
  assert.deepEqual(of('staff', { tenantSource: 'header', token: 'none' }).refused, 'unauthorized')
  assert.deepEqual([of('machines').said, of('people').said], [['depends', 'applies'], ['depends', 'applies']])
  assert.deepEqual(of('machines', { method: 'OPTIONS' }).said, ['depends', 'depends'])
  // Of a node that does not tell the port.
  assert.equal(of('staff', { port: 0 }).refused, 'no_route')
})
