import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { explainRequest } from '../../shared/explain/explain-request.ts'
import { compileRoutes } from '../../shared/routing/compile-routes.ts'
import { type ExplainRequest, type Explanation } from '../../shared/schema/explain.ts'
import { contentUnderTest, type EngineUnderTest, startEngine, type TestConfiguration } from '../testing/engine-under-test.ts'
import { connectRaw } from '../testing/raw-client.ts'
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

const REQUESTS: { path: string; host: string; headers: string[] }[] = [
  { path: '/', host: 'h.example', headers: [] },
  { path: '/a/%7eb/../c?q=1&r=%20', host: 'shop.example:81', headers: ['User-Agent: test', 'Accept: */*', 'X-A: 1'] },
  { path: '/a/b?q', host: 'other', headers: ['X-Tenant-Code: acme', 'X-Org: acme', 'X-Forwarded-For: 10.0.0.1', 'Cookie: a=b'] },
  { path: '/x', host: 'h', headers: ['X-Forwarded-For: 6.6.6.6, 198.51.100.7', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: proxied.example', 'X-Tenant-Code: acme'] },
  { path: '/x', host: 'h', headers: ['Forwarded: for="[2001:db8::1]";proto=https;host=proxied.example'] },
  { path: '/users/17', host: 'h', headers: ['X-Session-Key: me', 'Connection: close, X-Drop', 'X-Drop: 1', 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'Keep-Alive: 5'] }
]

/** Sends the request and returns what the origin saw; null when none did. */
async function send({ path, host, headers }: (typeof REQUESTS)[number]): Promise<typeof seen> {
  seen = null
  const client = await connectRaw(gateway.port)
  client.send(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers.map((field) => `${field}\r\n`).join('')}\r\n`)
  await client.response()
  client.destroy()
  return seen
}

function explain(configuration: TestConfiguration, { path, host, headers }: (typeof REQUESTS)[number]): Explanation {
  const content = contentUnderTest(configuration, gateway.port)
  const given: ExplainRequest = { method: 'GET', url: `http://${host}${path}`, headers, listener: 'web', clientAddress: '127.0.0.1', websocket: false, bodyBytes: 0 }
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
      const came = await send(request)
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
