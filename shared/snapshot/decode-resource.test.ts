import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DraftedKind } from '../schema/resource.ts'
import { testId } from '../testing/content.ts'
import { REFUSED_CASES } from './decode-resource.cases.ts'
import { decodeByKind, decodeListener, decodeProvider, decodeRoute, decodeUpstream } from './decode-resource.ts'

describe('decoding fills in the defaults at every depth', () => {
  test('of a listener', () => {
    assert.deepEqual(decodeListener({ name: 'web', protocol: 'http', port: 80, address: '0:0::0', trustedProxies: ['10.0.0.1'], limits: { maxHeaders: 50 } }), {
      ok: true,
      issues: [],
      value: {
        name: 'web',
        labels: {},
        enabled: true,
        protocol: 'http',
        port: 80,
        address: '::',
        http2Engine: 'direct',
        trustedProxies: ['10.0.0.1/32'],
        proxyProtocol: false,
        tenantHeader: { name: 'X-Tenant-Code', acceptFrom: 'any' },
        accessLog: 'off',
        limits: { maxHeaderBytes: 32768, maxHeaders: 50, headerTimeoutMs: 10000, idleTimeoutMs: 60000, requestTimeoutMs: 0, minBodyBytesPerSecond: 240, maxRequestBodyBytes: 0, maxConnections: 20000, maxConnectionsPerClient: 0 }
      }
    })
  })

  test('of an identity provider', () => {
    const decoded = decodeProvider({ name: 'p', issuer: 'https://i.example/', audiences: ['a'], jwksUrl: 'https://i.example/keys' })
    assert.deepEqual(decoded, {
      ok: true,
      issues: [],
      value: {
        name: 'p',
        labels: {},
        enabled: true,
        issuer: 'https://i.example/',
        audiences: ['a'],
        algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
        jwksUrl: 'https://i.example/keys',
        userClaim: 'sub',
        tenantClaim: 'tenant_code',
        from: 'bearer',
        clockSkewSeconds: 30
      }
    })
  })

  test('of an upstream', () => {
    assert.deepEqual(decodeUpstream({ name: 'u', targets: [{ id: 'a', address: 'HTTP://A.example:80/', host: 'B.example' }], retry: { attempts: 0 } }), {
      ok: true,
      issues: [],
      value: {
        name: 'u',
        labels: {},
        enabled: true,
        targets: [{ id: 'a', address: 'http://a.example', host: 'b.example', weight: 1, enabled: true, metadata: {} }],
        loadBalancing: 'PowerOfTwoChoices',
        healthCheck: {
          active: { enabled: false, path: '/health', intervalSeconds: 30, timeoutSeconds: 10, expectedStatuses: '200-299', unhealthyAfter: 2, healthyAfter: 1 },
          passive: { enabled: true, policy: { policy: 'TransportFailureRate', windowSeconds: 60, minRequests: 10, rate: 0.3 }, count5xx: false, reactivationSeconds: 60, maxEjectedPercent: 50 }
        },
        availability: 'HealthyOrPanic',
        sessionAffinity: { enabled: false, policy: 'Hash', keyName: 'X-Session-Key', failurePolicy: 'Redistribute', boundedLoad: 0 },
        connection: { connectTimeoutMs: 5000, idleMs: 4000, maxPerTarget: 0, queue: { max: 0, timeoutMs: 1000 }, minResponseBytesPerSecond: 0, tls: { verify: true }, http2: false },
        retry: { attempts: 0, statuses: [], budgetPercent: 20, minPerSecond: 3, nonIdempotent: false },
        slowStartSeconds: 0
      }
    })
  })

  test('of a route', () => {
    const input = {
      name: 'r',
      isGlobal: true,
      upstreamId: testId(1),
      match: { hosts: ['B\u00fccher.example:443', 'a.example:*'], path: { type: 'exact', value: '/a/../caf\u00e9 %7e%2f' }, methods: ['get', 'Brew'], headers: [{ Name: 'X-A', Values: ['1'], IsCaseSensitive: true }], query: [{ Name: 'q', mode: 'NotExists' }] }
    }
    assert.deepEqual(decodeRoute(input), {
      ok: true,
      issues: [],
      value: {
        name: 'r',
        labels: {},
        enabled: true,
        isGlobal: true,
        listenerIds: [],
        match: {
          hosts: ['xn--bcher-kva.example:443', 'a.example'],
          path: { type: 'exact', value: '/caf%C3%A9%20~%2F' },
          methods: ['GET', 'Brew'],
          headers: [{ name: 'X-A', values: ['1'], mode: 'ExactHeader', isCaseSensitive: true }],
          query: [{ name: 'q', values: [], mode: 'NotExists', isCaseSensitive: false }]
        },
        priority: 0,
        upstreamId: testId(1),
        splitSticky: false,
        maintenance: { enabled: false, status: 503, body: '' },
        transforms: [],
        forwardPath: 'normalized',
        timeouts: { activityMs: 100000, totalMs: 0, websocketIdleMs: 0 },
        onRemove: { connections: 'keep', drainSeconds: 30 }
      }
    })
  })
})

describe('decoding tells every mistake once', () => {
  for (const { name, kind, input, issues } of REFUSED_CASES) {
    test(`${kind}: ${name}`, () => {
      const result = decodeByKind[kind](input)
      assert.equal(result.ok, false)
      assert.deepEqual(result.issues.map((issue) => [issue.path, issue.code]), issues.map(([path, code]) => [path, code]))
      for (const [index, [, , part]] of issues.entries()) assert.ok(result.issues[index]!.message.includes(part), result.issues[index]!.message)
      for (const { severity } of result.issues) assert.equal(severity, 'error')
    })
  }

  test('never more than 100 of one resource, and a message never holds a refused address', () => {
    const targets = Array.from({ length: 500 }, (_, index) => ({ id: `t${index}`, address: 'http://user:hunter2@host' }))
    const result = decodeUpstream({ name: 'u', targets })
    assert.equal(result.issues.length, 100)
    assert.ok(!JSON.stringify(result.issues).includes('hunter2'))
  })
})

test('what was decoded decodes to itself, and is new at every depth', () => {
  const inputs: [DraftedKind, unknown][] = [
    ['listeners', { name: 'l', protocol: 'https', port: 443 }],
    ['upstreams', { name: 'u', targets: [{ id: 'a', address: 'http://a' }] }],
    ['routes', { name: 'r', tenantCode: 't', respond: { status: 200 } }]
  ]
  for (const [kind, input] of inputs) {
    const first = decodeByKind[kind](input)
    assert.ok(first.ok)
    assert.deepEqual(decodeByKind[kind](first.value), first)
    const second = decodeByKind[kind](input)
    assert.ok(second.ok && second.value.labels !== first.value.labels, 'two results share an object')
  }
})
