import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Listener } from '../../schema/listener.ts'
import type { DraftedKind } from '../../schema/resource.ts'
import { Policy } from '../../schema/policy.ts'
import { Provider } from '../../schema/provider.ts'
import { Route } from '../../schema/route.ts'
import { TlsPolicy } from '../../schema/tls-policy.ts'
import { Upstream } from '../../schema/upstream.ts'
import { contentOf, type Given, testId } from '../../testing/content.ts'
import type { SchemaNode } from '../schema-node.ts'
import { checksOf, notYetSupported } from './not-yet-supported.ts'
import { SUPPORTED_FIELDS } from './supported-fields.ts'

function pointers(kind: DraftedKind, given: Given): string[] {
  return notYetSupported(contentOf({ [kind]: [given] })).map((issue) => {
    assert.equal(issue.code, 'not_yet_supported')
    assert.equal(issue.severity, 'error')
    return issue.path
  })
}

const target = { id: 'a', address: 'http://a' }
const BUILT: [DraftedKind, Given][] = [
  ['listeners', {}],
  ['listeners', { accessLog: 'full', description: 'x', labels: { a: 'b' }, enabled: false, port: 9, address: '::1', http2: false, limits: { maxHeaderBytes: 2048, maxHeaders: 20, headerTimeoutMs: 200, idleTimeoutMs: 200, maxRequestBodyBytes: 9, maxConnections: 9, maxConnectionsPerClient: 9, requestTimeoutMs: 9, minBodyBytesPerSecond: 0 } }],
  ['upstreams', {}],
  ['upstreams', { targets: [{ ...target, host: 'b', weight: 2, enabled: false, metadata: { a: 'b' } }], connection: { connectTimeoutMs: 9, idleMs: 9, maxPerTarget: 9, queue: { max: 9, timeoutMs: 9 }, minResponseBytesPerSecond: 9 } }],
  ['upstreams', { targets: [{ id: 'b', address: 'https://b' }], connection: { tls: { verify: false, serverName: 'c', clientCertificateId: testId(1) } } }],
  ['upstreams', { loadBalancing: 'Random', healthCheck: { passive: { enabled: false, policy: { policy: 'ConsecutiveFailures', failures: 2 } } }, availability: 'HealthyAndUnknown', retry: { attempts: 0 }, slowStartSeconds: 3 }],
  ['upstreams', { loadBalancing: 'PowerOfTwoChoices', healthCheck: { passive: { enabled: true, policy: { policy: 'TransportFailureRate' } } }, sessionAffinity: { enabled: false }, retry: { attempts: 1 }, slowStartSeconds: 0 }],
  ['routes', { loadBalancing: 'Random', retry: { statuses: [503] }, description: 'x', enabled: false, serviceName: 's', listenerIds: [testId(1)], priority: -3, maxRequestBodyBytes: 1, timeouts: { connectMs: 1, activityMs: 1, totalMs: 1 } }],
  ['routes', { match: { hosts: ['a', '*.b:80', '*'], path: { type: 'prefix', value: '/', caseSensitive: false }, methods: ['GET'] } }],
  ['routes', { match: { path: { type: 'regex', value: 'a' } } }],
  ['routes', { match: { path: { type: 'pattern', value: '/{a}' }, headers: [{ name: 'a', mode: 'Exists' }], query: [{ name: 'a', mode: 'Exists' }] } }],
  ['upstreams', { sessionAffinity: { enabled: true, policy: 'CustomHeader' } }],
  ['upstreams', { healthCheck: { active: { enabled: true, path: '/up' } } }],
  ['upstreams', { tenantCode: 't' }],
  ['routes', { authorizationPolicy: 'a', corsPolicy: 'b', rateLimiterPolicy: 'c', compressionPolicy: 'd', responseGuardPolicy: 'e' }],
  ['policies', { authorization: { jwt: {} } }],
  ['policies', { cors: { origins: ['*'] } }],
  ['policies', { rateLimiter: { limit: 1 } }],
  ['policies', { compression: { minBytes: 0 } }],
  ['policies', { responseGuard: { maxBodyBytes: 1 } }],
  ['listeners', { proxyProtocol: true, trustedProxies: ['::1'] }],
  ['routes', { tenantCode: 't' }],
  ['routes', { maintenance: { enabled: true, status: 500 }, transforms: [{ PathPrefix: '/a' }], forwardPath: 'raw' }],
  ['routes', { upstreamId: undefined, split: [{ upstreamId: testId(1) }], splitSticky: true }],
  ['routes', { upstreamId: undefined, redirect: { to: '/' } }],
  ['routes', { upstreamId: undefined, respond: { status: 200 } }],
  ['routes', { match: { headers: [], query: [] }, transforms: [], splitSticky: false, forwardPath: 'normalized', maintenance: { enabled: false }, onRemove: { connections: 'keep' } }]
]

/** A table without some fields, as it is while they are being built. */
const { mirror, retry, ...others } = SUPPORTED_FIELDS.routes
const EARLIER = checksOf({ ...SUPPORTED_FIELDS, routes: others })
assert.ok(mirror === true && retry === true)

describe('not_yet_supported', () => {
  for (const [kind, given] of BUILT) test(`${kind} may have ${JSON.stringify(given)}`, () => assert.deepEqual(pointers(kind, given), []))

  test('tells every value, and names the resource and what may stand there', () => {
    const issues = notYetSupported(contentOf({ routes: [{ name: 'shop', mirror: { upstreamId: testId(1) }, retry: { attempts: 2 } }] }), EARLIER)
    assert.deepEqual(issues.map((issue) => issue.path).sort(), ['/routes/0/mirror', '/routes/0/retry'])
    assert.match(issues.find(({ path }) => path.endsWith('mirror'))!.message, /route "shop".*mirror.*leave it out/)
  })

  test('lets what is at its default be', () => {
    assert.deepEqual(notYetSupported(contentOf({ routes: [{}] }), EARLIER), [])
  })

  test('the table names only fields that there are', () => {
    const schemas = { listeners: Listener, upstreams: Upstream, routes: Route, providers: Provider, tlsPolicies: TlsPolicy, policies: Policy } as unknown as Record<DraftedKind, SchemaNode>
    for (const [kind, fields] of Object.entries(SUPPORTED_FIELDS)) {
      for (const place of Object.keys(fields)) {
        const node = place.split('/').reduce<SchemaNode | undefined>((at, name) => (name === '*' ? at?.items : at?.properties?.[name]), schemas[kind as DraftedKind])
        assert.ok(node, `${kind} has no field ${place}`)
      }
    }
  })
})
