import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { explainRequest } from '../../shared/explain/explain-request.ts'
import { explainServed } from '../../shared/explain/explain-served.ts'
import { compileRoutes } from '../../shared/routing/compile-routes.ts'
import { type ExplainRequest, type Explanation } from '../../shared/schema/explain.ts'
import { recentRequest } from '../telemetry/recent-requests.ts'
import { contentUnderTest, type EngineUnderTest, startEngine, type TestConfiguration } from '../testing/engine-under-test.ts'
import { connectRaw, type RawResponse } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

let origins: ScriptedOrigin[]
let gateway: EngineUnderTest
let seen: { name: string; head: string } | null = null

before(async () => {
  origins = await Promise.all(['t0', 't1', 't2'].map((name) => startScriptedOrigin(answering((head) => {
    seen = { name, head }
    return ok(name)
  }))))
  gateway = await startEngine({ targets: origins.map(({ url }) => url) })
})

after(async () => {
  await gateway.stop()
  for (const origin of origins) await origin.stop()
})

const hash = { sessionAffinity: { enabled: true, policy: 'Hash' } }
const route = (match: object, more: object = {}) => ({ match, ...more })
const prefix = (value: string) => ({ path: { type: 'prefix', value } })

const CONFIGURATIONS: Omit<TestConfiguration, 'targets'>[] = [
  {},
  { upstream: hash },
  { upstream: hash, listener: { tenantHeader: { name: 'X-Org' } } },
  { route: { transforms: [{ PathPrefix: '/base' }, { RequestHeader: 'X-Added', Set: '${client.ip} ${tenant}' }, { QueryValueParameter: 'q', Append: '2' }, { RequestHeaderRemove: 'User-Agent' }] } },
  { route: { transforms: [{ RequestHeadersCopy: 'false' }, { 'X-Forwarded': 'Append' }, { RequestHeaderOriginalHost: 'true' }] } },
  { route: { match: { path: { type: 'pattern', value: '/{kind}/{id}' } }, transforms: [{ PathPattern: '/v2/{id}/{kind}' }, { RequestHeaderRouteValue: 'kind', Set: 'kind' }] } },
  { listener: { trustedProxies: ['127.0.0.0/8'], tenantHeader: { acceptFrom: 'trustedProxies' } }, upstream: hash, routes: [route({ hosts: ['proxied.example'], ...prefix('/') })] },
  { listener: { trustedProxies: ['127.0.0.0/8'] }, route: { transforms: [{ 'X-Forwarded': 'Append' }, { RequestHeader: 'X-Added', Set: '${client.ip}' }] } },
  { route: { forwardPath: 'raw', transforms: [{ HttpMethodChange: 'GET', Set: 'PUT' }] } },
  { routes: [route({ headers: [{ name: 'X-A', values: ['1'] }] }), route({ hosts: ['*.example'], methods: ['GET'], ...prefix('/a') }), route({ ...prefix('/a/b'), query: [{ name: 'q', mode: 'Exists' }] }), route({}, { isGlobal: undefined, tenantCode: 'acme' })] }
]

interface Asked {
  method?: string
  path: string
  host: string
  headers: string[]
}

const REQUESTS: Asked[] = [
  { path: '/', host: 'h.example', headers: [] },
  { path: '/a/%7eb/../c?q=1&r=%20', host: 'shop.example:81', headers: ['User-Agent: test', 'Accept: */*', 'X-A: 1'] },
  { path: '/a/b?q', host: 'other', headers: ['X-Tenant-Code: acme', 'X-Org: acme', 'X-Forwarded-For: 10.0.0.1', 'Cookie: a=b'] },
  { path: '/x', host: 'h', headers: ['X-Forwarded-For: 6.6.6.6, 198.51.100.7', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: proxied.example', 'X-Tenant-Code: acme'] },
  { path: '/x', host: 'h', headers: ['Forwarded: for="[2001:db8::1]";proto=https;host=proxied.example'] },
  { path: '/users/17', host: 'h', headers: ['X-Session-Key: me', 'Connection: close, X-Drop', 'X-Drop: 1', 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'Keep-Alive: 5'] }
]

/** Sends the request and returns the answer, and what the origin saw; null when none did. */
async function send({ method = 'GET', path, host, headers }: Asked): Promise<{ answer: RawResponse; came: typeof seen }> {
  seen = null
  const client = await connectRaw(gateway.port)
  client.send(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers.map((field) => `${field}\r\n`).join('')}\r\n`)
  const answer = await client.response()
  client.destroy()
  return { answer, came: seen }
}

function explain(configuration: TestConfiguration, { method = 'GET', path, host, headers }: Asked): Explanation {
  const content = contentUnderTest(configuration, gateway.port)
  const given: ExplainRequest = { method, url: `http://${host}${path}`, headers, listener: 'web', clientAddress: '127.0.0.1', websocket: false, bodyBytes: 0 }
  return explainRequest(content, compileRoutes(content), given)
}

/** Without what is made for each request, and without the target's port. */
const comparable = (head: string) => head.replace(/^X-Request-Id: .*$/m, 'X-Request-Id: *').replace(/^Host: 127\.0\.0\.1:\d+/m, 'Host: *')

test('the origin sees what the explanation says, on the route that it names', async () => {
  let compared = 0
  for (const [number, given] of CONFIGURATIONS.entries()) {
    const configuration = { targets: origins.map(({ url }) => url), ...given }
    gateway.apply(configuration)
    for (const request of REQUESTS) {
      const explained = explain(configuration, request)
      const { came } = await send(request)
      const what = `configuration ${number}, ${request.path}`
      assert.equal(came === null, explained.forwarded === null, what)
      if (came === null || explained.forwarded === null) continue
      assert.equal(comparable(explained.forwarded), comparable(came.head), what)
      assert.equal(gateway.records.at(-1)?.routeName, explained.route?.name, what)
      const chosen = explained.action!.upstreams[0]!.targets.find(({ isChosen }) => isChosen)
      if (chosen !== undefined) assert.equal(chosen.targetId, came.name, what)
      compared++
    }
  }
  assert.ok(compared > 25, String(compared))
})

test('a request that the gateway does not understand is refused with the same words', async () => {
  const configuration = { targets: origins.map(({ url }) => url) }
  for (const headers of [['X A: 1'], ['Host: a', 'Host: b'], ['Transfer-Encoding: gzip'], ['Content-Length: 1', 'Transfer-Encoding: chunked']]) {
    const { refused } = explain(configuration, { path: '/', host: 'h', headers })
    const client = await connectRaw(gateway.port)
    client.send(`GET / HTTP/1.1\r\n${headers.some((field) => field.startsWith('Host')) ? '' : 'Host: h\r\n'}${headers.map((field) => `${field}\r\n`).join('')}\r\n`)
    const { status, headers: fields } = await client.response()
    assert.deepEqual([refused?.status, refused?.code], [status, fields.get('x-gateway-error')], headers.join())
    client.destroy()
  }
  for (const path of ['/%00', '/a/../../b', '/%zz']) assert.equal(explain(configuration, { path, host: 'h', headers: [] }).refused?.code, 'bad_request_target', path)
})

/** Sends the request and holds what came of it against the explanation. */
async function agreed(given: Omit<TestConfiguration, 'targets'>, asked: Partial<Asked> = {}): Promise<Explanation> {
  const configuration = { targets: origins.map(({ url }) => url), ...given }
  const request = { path: '/api/7', host: 'h.example', headers: [], ...asked }
  gateway.apply(configuration)
  const explained = explain(configuration, request)
  const { answer, came } = await send(request)
  const { refused, action, forwarded, route: taken } = explained
  const what = JSON.stringify([refused, action?.kind, forwarded])
  assert.equal(forwarded === null ? null : comparable(forwarded), came === null ? null : comparable(came.head), what)
  const own = refused ?? (action !== null && action.kind !== 'upstream' ? action : null)
  assert.equal(answer.status, own?.status ?? 200, what)
  assert.equal(answer.headers.get('x-gateway-error') ?? '', refused?.code ?? (action?.kind === 'maintenance' ? 'maintenance' : ''), what)
  assert.equal(answer.headers.get('location') ?? '', action?.location ?? '', what)
  assert.equal(gateway.records.at(-1)?.routeName, taken?.name ?? '', what)
  return explained
}

const CORS = { name: 'shop', cors: { origins: ['https://shop.example'], methods: ['PUT'] } }
const STAFF = { name: 'staff', authorization: { apiKey: { header: 'X-Key', keys: [{ name: 'a', hash: 'a'.repeat(64) }] } } }
const NOT_HERE = { name: 'away', authorization: { anonymous: true, ipDeny: ['127.0.0.0/8'] } }
const preflight = (origin = 'https://shop.example') => ({ method: 'OPTIONS', headers: [`Origin: ${origin}`, 'Access-Control-Request-Method: PUT'] })
const outcomes = ({ policies }: Explanation) => policies.map(({ name, outcome }) => `${name} ${outcome}`)

test('a preflight is answered before anybody is asked for credentials, and goes to no origin', async () => {
  const both = { policies: [CORS, STAFF, NOT_HERE, { name: 'often', rateLimiter: { limit: 1, windowSeconds: 600 } }] }
  const route = (names: object) => ({ ...both, route: names })
  const allowed = await agreed(route({ corsPolicy: 'shop', authorizationPolicy: 'staff', rateLimiterPolicy: 'often' }), preflight())
  assert.deepEqual([allowed.refused, allowed.action?.kind, outcomes(allowed)], [null, 'preflight', ['staff skipped', 'often skipped', 'shop answers']])
  assert.equal((await agreed(route({ corsPolicy: 'shop' }), preflight())).action?.kind, 'preflight')
  const refused = await agreed(route({ corsPolicy: 'shop', authorizationPolicy: 'staff' }), preflight('https://other.example'))
  assert.deepEqual([refused.refused?.status, outcomes(refused)], [204, ['staff skipped', 'shop refuses']])
  assert.equal((await agreed(route({ corsPolicy: 'shop', authorizationPolicy: 'away' }), preflight())).refused?.status, 403)
  assert.equal((await agreed(route({ corsPolicy: 'shop', compressionPolicy: 'gone' }), preflight())).refused?.code, 'policy_missing')
  assert.equal((await agreed(route({ corsPolicy: 'shop', authorizationPolicy: 'staff' }), { method: 'OPTIONS' })).refused?.status, 401)
  const observed = { policies: [{ ...CORS, mode: 'observe' }, STAFF], route: { corsPolicy: 'shop' } }
  assert.equal((await agreed(observed, preflight())).action?.kind, 'upstream')
  assert.equal((await agreed({ ...observed, route: { corsPolicy: 'shop', authorizationPolicy: 'staff' } }, preflight())).refused?.status, 401)
})

test('a missing policy refuses before any other', async () => {
  assert.equal((await agreed({ policies: [STAFF], route: { authorizationPolicy: 'staff', responseGuardPolicy: 'gone' } })).refused?.status, 503)
})

test('maintenance is answered before policies are asked', async () => {
  for (const policy of [STAFF, NOT_HERE]) {
    const explained = await agreed({ policies: [policy], route: { authorizationPolicy: policy.name, maintenance: { enabled: true } } })
    assert.deepEqual([explained.refused, explained.action?.status, outcomes(explained)], [null, 503, [`${policy.name} skipped`]])
  }
})

test('a listener that redirects to https answers whatever routes there are', async () => {
  const explained = await agreed({ listener: { redirectToHttps: { port: 8443, status: 307 } } }, { path: '/a/../b?q=1' })
  assert.deepEqual([explained.action?.kind, explained.action?.location, explained.route], ['redirectToHttps', 'https://h.example:8443/b?q=1', null])
  const trusting = { listener: { redirectToHttps: {}, trustedProxies: ['127.0.0.0/8'] } }
  assert.equal((await agreed(trusting, { headers: ['X-Forwarded-Proto: https'] })).route?.name, 'all')
  assert.equal((await agreed(trusting, { path: '/.well-known/acme-challenge/no.token' })).action?.status, 308)
  assert.equal((await agreed(trusting, { path: '/.well-known/acme-challenge/x' })).route?.name, 'all', 'a certificate authority is never redirected')
})

test('what the pattern of a guarded route found, by whatever reading of the path', async () => {
  const policies = [{ name: 'here', authorization: { anonymous: true, ipAllow: ['127.0.0.0/8'] } }]
  const pattern = (value: string) => ({ policies, route: { authorizationPolicy: 'here', match: { path: { type: 'pattern', value, caseSensitive: true } }, transforms: [{ PathPattern: '/x/{id}' }] } })
  assert.match((await agreed(pattern('/Api/{id}'))).forwarded!, /^GET \/x\/7 /)
  assert.match((await agreed(pattern('/api/{id}'), { path: '//api/7' })).forwarded!, /^GET \/x\/7 /)
})

test('a token that only data nodes can verify makes a request of nobody, and says so', async () => {
  const providers = (from: string) => [{ issuer: 'https://login.example/', audiences: ['gateway'], jwksUrl: 'http://127.0.0.1:1/', from }]
  const ofTenant = { tenantCode: 'acme', isGlobal: undefined }
  const headers = ['Authorization: Bearer a.b.c', 'Cookie: s=a.b.c', 'X-Tenant-Code: acme']
  for (const from of ['bearer', 'cookie:s']) {
    const { refused, request } = await agreed({ providers: providers(from), route: ofTenant }, { headers })
    assert.deepEqual([refused?.status, request?.token, request?.tenantCode], [404, 'unverified', ''])
  }
  const elsewhere = await agreed({ providers: providers('cookie:t'), route: ofTenant }, { headers })
  assert.deepEqual([elsewhere.route?.name, elsewhere.request?.token], ['all', 'none'])
  assert.equal((await agreed({ route: ofTenant }, { headers })).route?.name, 'all')
})

test('a recent request is explained by what its node found out about it', async () => {
  const configuration = { targets: origins.map(({ url }) => url), policies: [STAFF], listener: { trustedProxies: ['127.0.0.0/8'], redirectToHttps: {} }, routes: [{ match: { hosts: ['proxied.example:8443'] }, isGlobal: undefined, tenantCode: 'acme', authorizationPolicy: 'staff' }] }
  gateway.apply(configuration)
  const content = contentUnderTest(configuration, gateway.port)
  const served = async (headers: string[]) => {
    await send({ path: '/a?q', host: 'h', headers })
    const recent = recentRequest(gateway.records.at(-1)!, 0)
    const explained = explainServed(content, compileRoutes(content), recent)
    assert.equal(explained.route?.name ?? '', recent.route)
    return { recent, explained }
  }
  const proxied = await served(['X-Forwarded-Proto: https', 'X-Forwarded-Host: proxied.example:8443', 'X-Tenant-Code: acme', 'X-Key: k'])
  assert.deepEqual([proxied.recent.scheme, proxied.recent.host, proxied.recent.port, proxied.recent.token], ['https', 'proxied.example', 8443, 'none'])
  assert.deepEqual([proxied.explained.request?.tenantSource, proxied.explained.request?.token, outcomes(proxied.explained)], ['header', 'none', ['staff depends']])
  assert.match(proxied.explained.forwarded!, /\r\nX-Forwarded-Proto: https\r\n[^]*X-Tenant-Source: header\r\n/)
  assert.equal((await served([])).explained.action?.kind, 'redirectToHttps')
})
