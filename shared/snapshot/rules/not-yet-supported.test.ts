import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Listener } from '../../schema/listener.ts'
import type { DraftedKind } from '../../schema/resource.ts'
import { Route } from '../../schema/route.ts'
import { Upstream } from '../../schema/upstream.ts'
import { contentOf, type Given, testId } from '../../testing/content.ts'
import type { SchemaNode } from '../schema-node.ts'
import { notYetSupported } from './not-yet-supported.ts'
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
  ['listeners', { description: 'x', labels: { a: 'b' }, enabled: false, port: 9, address: '::1', http2: false, limits: { maxHeaderBytes: 2048, maxHeaders: 20, headerTimeoutMs: 200, idleTimeoutMs: 200, maxRequestBodyBytes: 9, maxConnections: 9 } }],
  ['upstreams', {}],
  ['upstreams', { targets: [{ ...target, host: 'b', enabled: false, metadata: { a: 'b' } }], connection: { connectTimeoutMs: 9, idleMs: 9 } }],
  ['upstreams', { loadBalancing: 'PowerOfTwoChoices', healthCheck: { passive: { enabled: true, policy: { policy: 'TransportFailureRate' } } }, sessionAffinity: { enabled: false }, retry: { attempts: 1 }, slowStartSeconds: 0 }],
  ['routes', { description: 'x', enabled: false, serviceName: 's', listenerIds: [testId(1)], priority: -3, maxRequestBodyBytes: 1, timeouts: { connectMs: 1, activityMs: 1, totalMs: 1 } }],
  ['routes', { match: { hosts: ['a', '*.b:80', '*'], path: { type: 'prefix', value: '/', caseSensitive: false }, methods: ['GET'] } }],
  ['routes', { match: { headers: [], query: [] }, transforms: [], splitSticky: false, forwardPath: 'normalized', maintenance: { enabled: false }, onRemove: { connections: 'keep' } }]
]

const NOT_BUILT: [DraftedKind, Given, string][] = [
  ['listeners', { protocol: 'https' }, '/listeners/0/protocol'],
  ['listeners', { http2: true }, '/listeners/0/http2'],
  ['listeners', { proxyProtocol: true }, '/listeners/0/proxyProtocol'],
  ['listeners', { trustedProxies: ['::1'] }, '/listeners/0/trustedProxies'],
  ['listeners', { redirectToHttps: {} }, '/listeners/0/redirectToHttps'],
  ['listeners', { accessLog: 'full' }, '/listeners/0/accessLog'],
  ['listeners', { limits: { minBodyBytesPerSecond: 0 } }, '/listeners/0/limits/minBodyBytesPerSecond'],
  ['upstreams', { tenantCode: 't' }, '/upstreams/0/tenantCode'],
  ['upstreams', { targets: [target, { id: 'b', address: 'https://b' }] }, '/upstreams/0/targets/1/address'],
  ['upstreams', { targets: [{ ...target, address: 'h2c://b' }] }, '/upstreams/0/targets/0/address'],
  ['upstreams', { targets: [{ ...target, weight: 2 }] }, '/upstreams/0/targets/0/weight'],
  ['upstreams', { targets: [{ ...target, healthUrl: 'http://b' }] }, '/upstreams/0/targets/0/healthUrl'],
  ['upstreams', { loadBalancing: 'Random' }, '/upstreams/0/loadBalancing'],
  ['upstreams', { healthCheck: { active: { enabled: true } } }, '/upstreams/0/healthCheck/active/enabled'],
  ['upstreams', { healthCheck: { passive: { enabled: false } } }, '/upstreams/0/healthCheck/passive/enabled'],
  ['upstreams', { healthCheck: { passive: { policy: { policy: 'TransportFailureRate', rate: 0.5 } } } }, '/upstreams/0/healthCheck/passive/policy'],
  ['upstreams', { availability: 'HealthyAndUnknown' }, '/upstreams/0/availability'],
  ['upstreams', { sessionAffinity: { enabled: true } }, '/upstreams/0/sessionAffinity/enabled'],
  ['upstreams', { connection: { tls: { verify: false } } }, '/upstreams/0/connection/tls/verify'],
  ['upstreams', { retry: { attempts: 0 } }, '/upstreams/0/retry/attempts'],
  ['routes', { tenantCode: 't' }, '/routes/0/tenantCode'],
  ['routes', { match: { path: { type: 'regex', value: 'a' } } }, '/routes/0/match/path/type'],
  ['routes', { match: { path: { type: 'pattern', value: '/{a}' } } }, '/routes/0/match/path/type'],
  ['routes', { match: { headers: [{ name: 'a', mode: 'Exists' }] } }, '/routes/0/match/headers'],
  ['routes', { match: { query: [{ name: 'a', mode: 'Exists' }] } }, '/routes/0/match/query'],
  ['routes', { match: { websocket: false } }, '/routes/0/match/websocket'],
  ['routes', { split: [{ upstreamId: testId(1) }] }, '/routes/0/split'],
  ['routes', { redirect: { to: '/' } }, '/routes/0/redirect'],
  ['routes', { respond: { status: 200 } }, '/routes/0/respond'],
  ['routes', { maintenance: { enabled: true } }, '/routes/0/maintenance/enabled'],
  ['routes', { loadBalancing: 'PowerOfTwoChoices' }, '/routes/0/loadBalancing'],
  ['routes', { transforms: [{ PathPrefix: '/a' }] }, '/routes/0/transforms'],
  ['routes', { forwardPath: 'raw' }, '/routes/0/forwardPath'],
  ['routes', { timeouts: { websocketIdleMs: 1 } }, '/routes/0/timeouts/websocketIdleMs'],
  ['routes', { retry: {} }, '/routes/0/retry'],
  ['routes', { authorizationPolicy: 'a' }, '/routes/0/authorizationPolicy'],
  ['routes', { rateLimiterPolicy: 'a' }, '/routes/0/rateLimiterPolicy'],
  ['routes', { corsPolicy: 'a' }, '/routes/0/corsPolicy'],
  ['routes', { onRemove: { connections: 'close' } }, '/routes/0/onRemove/connections']
]

describe('not_yet_supported', () => {
  for (const [kind, given] of BUILT) test(`${kind} may have ${JSON.stringify(given)}`, () => assert.deepEqual(pointers(kind, given), []))
  for (const [kind, given, path] of NOT_BUILT) test(`${kind} may not have ${JSON.stringify(given)}`, () => assert.deepEqual(pointers(kind, given), [path]))

  test('tells every value, and names the resource and what may stand there', () => {
    const issues = notYetSupported(contentOf({ upstreams: [{ name: 'shop', loadBalancing: 'Random', slowStartSeconds: 5, connection: { queue: { max: 3 } } }] }))
    assert.deepEqual(issues.map((issue) => issue.path), ['/upstreams/0/loadBalancing', '/upstreams/0/connection/queue/max', '/upstreams/0/slowStartSeconds'])
    assert.match(issues[0]!.message, /upstream "shop".*loadBalancing.*"PowerOfTwoChoices"/)
  })

  test('the table names only fields that there are', () => {
    const schemas = { listeners: Listener, upstreams: Upstream, routes: Route } as unknown as Record<DraftedKind, SchemaNode>
    for (const [kind, fields] of Object.entries(SUPPORTED_FIELDS)) {
      for (const place of Object.keys(fields)) {
        const node = place.split('/').reduce<SchemaNode | undefined>((at, name) => (name === '*' ? at?.items : at?.properties?.[name]), schemas[kind as DraftedKind])
        assert.ok(node, `${kind} has no field ${place}`)
      }
    }
  })
})
