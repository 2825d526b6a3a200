import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { completeEntry } from '../configuration-file/complete-entry.ts'
import type { ConfigurationFile } from '../configuration-file/configuration-file.ts'
import { fileOfContent } from '../configuration-file/file-of-content.ts'
import { NameBook } from '../configuration-file/name-book.ts'
import { withIds } from '../configuration-file/named-references.ts'
import { DRAFTED_KINDS } from '../schema/resource.ts'
import type { SnapshotContent } from '../schema/snapshot.ts'
import { decodeByKind } from '../snapshot/decode-resource.ts'
import { contentOf, type Given, testId } from '../testing/content.ts'
import { seededRandom, type SeededRandom } from '../testing/seeded-random.ts'
import { exportYarp } from './export-yarp.ts'
import { importYarp } from './import-yarp.ts'

function randomContent(pick: SeededRandom): SnapshotContent {
  const maybe = (given: object): object => (pick.below(2) === 0 ? given : {})
  const upstreams: Given[] = Array.from({ length: 3 }, (_, index) => ({
    ...maybe({ enabled: pick.below(3) > 0 }),
    ...maybe({ description: 'a text', labels: { team: 'a' } }),
    ...maybe({ loadBalancing: pick.one(['RoundRobin', 'WeightedRoundRobin', 'LeastRequests', 'Random']) }),
    ...maybe({ targets: [{ id: 'a', address: 'https://10.0.0.1', weight: 1 + pick.below(3), host: 'x.example' }, { id: 'b', address: 'http://10.0.0.2:81', enabled: pick.below(2) === 0, metadata: { k: 'v' } }] }),
    ...maybe({ targets: pick.some(['h2c://10.0.0.1:50051', 'h2c://10.0.0.2', 'https://10.0.0.3', 'http://10.0.0.4']).map((address, place) => ({ id: `t${place}`, address, ...maybe({ healthUrl: `${pick.one(['h2c', 'http', 'https'])}://10.0.0.9/x` }) })) }),
    ...maybe({ healthCheck: { active: { enabled: true, path: '/h?x=1?y', expectedStatuses: '200,204', unhealthyAfter: 1 + pick.below(4) }, passive: { policy: { policy: pick.one(['ConsecutiveFailures', 'TransportFailureRate']) }, count5xx: true } } }),
    ...maybe({ availability: 'HealthyAndUnknown', slowStartSeconds: 5 }),
    ...maybe({ sessionAffinity: { enabled: true, policy: pick.one(['Hash', 'HashCookie', 'Cookie', 'CustomHeader']), keyName: `k${index}`, ...maybe({ cookie: pick.one([{}, { sameSite: 'Lax', maxAgeSeconds: 60 }, { securePolicy: 'None' }]) }) } }),
    ...maybe({ name: pick.one(['app', 'App', '__proto__']), tenantCode: `t${index}` }),
    ...maybe({ connection: { connectTimeoutMs: 1234, maxPerTarget: 9, http2: pick.below(2) === 0, tls: { verify: false } }, retry: { attempts: 3, statuses: [503] } }),
    ...maybe(index === 0 ? { tenantCode: 't' } : {})
  }))
  const routes: Given[] = Array.from({ length: 6 }, (_, index) => ({
    ...pick.one([{}, {}, {}, { tenantCode: 't' }]),
    ...maybe({ enabled: pick.below(3) > 0 }),
    ...pick.one([{ upstreamId: testId(1 + pick.below(3)) }, { upstreamId: testId(1 + pick.below(3)) }, { upstreamId: undefined, split: [{ upstreamId: testId(1), weight: 2 }, { upstreamId: testId(2) }], splitSticky: true }, { upstreamId: undefined, redirect: { to: 'https://{host}{path}' } }, { upstreamId: undefined, respond: { status: 204, headers: { 'X-A': '1' } } }]),
    match: {
      ...maybe({ path: pick.one([{ type: 'prefix', value: `/p${index}` }, { type: 'exact', value: '/e', caseSensitive: false }, { type: 'pattern', value: '/{a}/{**b}' }, { type: 'regex', value: '/x.*' }]) }),
      ...maybe({ hosts: pick.some(['a.example', '*.b.example:81', 'bücher.example', '*']) }),
      ...maybe({ methods: pick.one([['GET', 'PROPFIND'], ['TRACE'], ['GET', 'TRACE']]) }),
      ...maybe({ headers: [{ name: 'X-A', values: ['1', '2'], isCaseSensitive: true }], query: [{ name: 'q', mode: pick.one(['Exists', 'NotExists']) }] }),
      ...maybe(pick.below(4) === 0 ? { websocket: true } : {})
    },
    ...maybe({ priority: pick.below(5) - 2, listenerIds: [testId(1)] }),
    ...maybe({ timeouts: { activityMs: 1_000 * (1 + pick.below(3)), totalMs: 1_500 }, retry: { attempts: 2 } }),
    ...maybe({ transforms: [{ PathPrefix: '/x' }, { RequestHeader: 'X-B', Set: 'ü' }], forwardPath: 'raw' }),
    ...maybe({ maintenance: { enabled: pick.below(3) === 0, body: 'soon' }, mirror: { upstreamId: testId(2), percent: 10 } }),
    ...maybe({ maxRequestBodyBytes: pick.one([0, 1_000, 30_000_000]), labels: { a: 'b' }, authorizationPolicy: 'staff' }),
    ...maybe({ rateLimiterPolicy: 'Disable', compressionPolicy: 'small' }),
    ...maybe({ loadBalancing: 'Random', serviceName: 'shop' })
  }))
  const policies: Given[] = [{ name: 'staff', tenantCode: 't', authorization: { apiKey: { header: 'X-Key', keys: [{ name: 'a', hash: 'a'.repeat(64) }] }, ipAllow: ['10.0.0.0/8'] } }, { name: 'often', mode: 'observe', rateLimiter: { limit: 5, key: 'user' } }]
  return contentOf({ listeners: [{}, { port: 81, tenantHeader: { name: 'X-Org' } }], upstreams, routes, providers: pick.below(2) === 0 ? [] : [{}], tlsPolicies: pick.below(2) === 0 ? [] : [{}], policies: pick.below(2) === 0 ? [] : policies })
}

/** Whole and in one order, so that two files can be compared. */
function comparable(file: ConfigurationFile): object {
  return Object.fromEntries(DRAFTED_KINDS.map((kind) => [kind, file[kind].map((entry) => completeEntry(kind, entry) ?? assert.fail(JSON.stringify(entry))).toSorted((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1))]))
}

test('a configuration that goes out as settings of YARP comes back as it was', () => {
  const pick = seededRandom(11)
  for (let round = 0; round < 150; round++) {
    const content = randomContent(pick)
    const { document } = exportYarp(content)
    const { file, issues } = importYarp(JSON.stringify(document))
    assert.deepEqual(issues, [])
    assert.deepEqual(comparable(file), comparable(fileOfContent(content)), `round ${round}`)
  }
})

test('a file of ours comes back as it was, references by name included', () => {
  const pick = seededRandom(12)
  for (let round = 0; round < 150; round++) {
    const content = randomContent(pick)
    const book = new NameBook(content)
    const file = JSON.parse(JSON.stringify(fileOfContent(content))) as ConfigurationFile
    const back = Object.fromEntries(DRAFTED_KINDS.map((kind) => [kind, file[kind].map((entry) => {
      const decoded = decodeByKind[kind](withIds(kind, entry, (other, name) => book.find(other, entry['tenantCode'], name)))
      return { id: book.get(kind, entry)!, ...(decoded.ok ? decoded.value : assert.fail(JSON.stringify(decoded.issues))) }
    }).toSorted((a, b) => (a.id < b.id ? -1 : 1))]))
    assert.deepEqual(back, content, `round ${round}`)
  }
})

describe('the HTTP that targets are spoken to in goes out as YARP would speak it, and comes back', () => {
  const [exactly2, upTo2, only1] = [{ Version: '2', VersionPolicy: 'RequestVersionExact' }, { Version: '2', VersionPolicy: 'RequestVersionOrLower' }, { Version: '1.1', VersionPolicy: 'RequestVersionExact' }]
  const rows: [addresses: string[], http2: boolean, request: object, isWhole: boolean][] = [
    [['h2c://10.0.0.1:50051', 'h2c://10.0.0.2'], false, exactly2, true],
    [['h2c://10.0.0.1', 'https://10.0.0.2'], true, exactly2, true],
    [['https://10.0.0.1'], true, upTo2, true],
    [['https://10.0.0.1', 'http://10.0.0.2'], true, upTo2, true],
    [['https://10.0.0.1', 'http://10.0.0.2'], false, only1, true],
    [['h2c://10.0.0.1', 'http://10.0.0.2'], false, only1, false]
  ]
  for (const [addresses, http2, request, isWhole] of rows) {
    test(`${addresses.join(' and ')}, HTTP/2 ${http2 ? 'offered' : 'not offered'}`, () => {
      const { document, report } = exportYarp(contentOf({ upstreams: [{ targets: addresses.map((address, index) => ({ id: `t${index}`, address })), connection: { connectTimeoutMs: 15_000, http2 }, retry: { attempts: 0 }, healthCheck: { passive: { maxEjectedPercent: 100 } } }] }))
      const [cluster] = Object.values((document as { ReverseProxy: { Clusters: Record<string, { HttpRequest: object; Destinations: Record<string, { Address: string }> }> } }).ReverseProxy.Clusters)
      assert.deepEqual(cluster!.HttpRequest, request)
      assert.deepEqual(Object.values(cluster!.Destinations).map(({ Address }) => Address), addresses.map((address) => address.replace('h2c:', 'http:')))
      assert.equal(report.filter(({ path }) => /Gateway\.(targets|connection)$/.test(path)).length === 0, isWhole, JSON.stringify(report))
      const { file } = importYarp(JSON.stringify(document))
      assert.deepEqual((file.upstreams[0]!['targets'] as { address: string }[]).map(({ address }) => address), addresses)
      assert.equal((file.upstreams[0]!['connection'] as { http2?: boolean }).http2 ?? false, http2)
    })
  }
})

describe('names that tenants share', () => {
  const content = contentOf({
    upstreams: [{ name: 'app', targets: [{ id: 'a', address: 'http://shared.example' }] }, { name: 'App', tenantCode: 't1' }, { name: 'app', tenantCode: 't2' }],
    routes: [
      { name: 'api', tenantCode: 't1', upstreamId: testId(2) },
      { name: 'api', tenantCode: 't2', upstreamId: testId(3) },
      { name: 'to what all share', tenantCode: 't1', upstreamId: testId(1) },
      { name: 'to one of a tenant', upstreamId: testId(2) }
    ]
  })

  test('are told apart in a file of ours', () => {
    assert.deepEqual(fileOfContent(content).routes.map(({ name, upstream }) => [name, upstream]), [
      ['to one of a tenant', { name: 'App', tenantCode: 't1' }],
      ['api', 'App'],
      ['to what all share', { name: 'app' }],
      ['api', 'app']
    ])
  })

  test('each go out to YARP, and none to the cluster of another', () => {
    const { document } = exportYarp(content)
    const { ReverseProxy, Gateway } = document as { ReverseProxy: { Routes: object; Clusters: object }; Gateway: ConfigurationFile }
    assert.deepEqual([Object.keys(ReverseProxy.Routes), Object.keys(ReverseProxy.Clusters)], [[], ['app']])
    assert.deepEqual(Gateway.routes.map(({ name, tenantCode }) => [name, tenantCode]), [['api', 't1'], ['api', 't2'], ['to what all share', 't1'], ['to one of a tenant', undefined]])
    assert.deepEqual(Gateway.upstreams.map(({ tenantCode }) => tenantCode), ['t1', 't2'])
  })
})

test('any word can be a name', () => {
  for (const name of ['__proto__', 'constructor', 'toString', '12', 'a/b~c']) {
    const { document } = exportYarp(contentOf({ upstreams: [{ name }], routes: [{ name, upstreamId: testId(1) }] }))
    const { file, issues } = importYarp(JSON.stringify(document))
    assert.deepEqual([issues, file.upstreams[0]?.['name'], file.routes[0]?.['name'], file.routes[0]?.['upstream']], [[], name, name, name])
  }
})

describe('what would make YARP refuse the whole file is not among its settings', () => {
  const rows: [given: Given, why: RegExp][] = [
    [{ match: { methods: ['GET', 'PROPFIND'] } }, /does not know the method PROPFIND/],
    [{ transforms: [{ PathRegexReplace: '/a', Set: '/b' }] }, /one of its transforms/],
    [{ transforms: [{ QueryRemoveAll: 'true' }] }, /one of its transforms/],
    [{ transforms: [{ RequestHeader: 'X-T', Set: '${tenant}' }] }, /placeholder/],
    [{ match: { path: { type: 'pattern', value: '/{catch-all}' } }, transforms: [{ RequestHeader: 'X-T', Set: '{catch-all}' }] }, /placeholder/],
    [{ match: { path: { type: 'exact', value: '/a%20b' } } }, /no template for its path/],
    [{ match: { methods: ['TRACE'] } }, /takes only TRACE/]
  ]
  for (const [given, why] of rows) {
    test(JSON.stringify(given), () => {
      const { document, report } = exportYarp(contentOf({ routes: [given] }))
      assert.deepEqual((document as { ReverseProxy: { Routes: object } }).ReverseProxy.Routes, {})
      assert.match(report.find(({ path }) => path === '/Gateway/routes/0')!.message, why)
    })
  }

  test('hosts in punycode: they go out in Unicode', () => {
    for (const host of ['bücher.example', '*.日本語.example:8080', 'a.пример.example', 'faß.example', 'plain.example']) {
      const { document } = exportYarp(contentOf({ routes: [{ match: { hosts: [host] } }] }))
      assert.deepEqual((document as { ReverseProxy: { Routes: Record<string, { Match: { Hosts: string[] } }> } }).ReverseProxy.Routes['route 1']?.Match.Hosts, [host])
    }
  })

  test('one affinity key in two clusters: the second has none', () => {
    const sessionAffinity = { enabled: true, policy: 'HashCookie', keyName: 'key' }
    const { document } = exportYarp(contentOf({ upstreams: [{ sessionAffinity }, { sessionAffinity: { ...sessionAffinity, keyName: 'KEY' } }] }))
    const clusters = Object.values((document as { ReverseProxy: { Clusters: Record<string, object> } }).ReverseProxy.Clusters)
    assert.deepEqual(clusters.map((cluster) => 'SessionAffinity' in cluster), [true, false])
  })

  test('an affinity cookie of which nothing is said carries Secure as the request there too', () => {
    const { document, report } = exportYarp(contentOf({ upstreams: [{ sessionAffinity: { enabled: true, policy: 'HashCookie', keyName: 'key' } }] }))
    const [cluster] = Object.values((document as { ReverseProxy: { Clusters: Record<string, { SessionAffinity: { Cookie: object } }> } }).ReverseProxy.Clusters)
    assert.deepEqual(cluster!.SessionAffinity.Cookie, { SecurePolicy: 'SameAsRequest' })
    assert.deepEqual(report.filter(({ path }) => path.endsWith('Gateway.sessionAffinity')), [])
  })

  test('labels that would be read as fields', () => {
    for (const labels of [{ 'Gateway.foo': 'text' }, { 'Gateway.priority': '5' }, { 'TransportFailureRateHealthPolicy.RateLimit': 'much' }]) {
      const { file, issues } = importYarp(JSON.stringify(exportYarp(contentOf({ upstreams: [{ labels }], routes: [{ labels }] })).document))
      assert.deepEqual([issues, file.upstreams[0]?.['labels'], file.routes[0]?.['labels'], file.routes[0]?.['priority'] ?? 0], [[], labels, labels, 0])
    }
  })
})

test('nothing that YARP would serve to the wrong people, or in the wrong way, is among its routes', () => {
  const { document, report } = exportYarp(contentOf({ routes: [{ name: 'plain' }, { name: 'of a tenant', tenantCode: 't' }, { name: 'off', enabled: false }, { name: 'closed', maintenance: { enabled: true } }, { name: 'by expression', match: { path: { type: 'regex', value: '/x' } } }] }))
  const { ReverseProxy, Gateway } = document as { ReverseProxy: { Routes: object }; Gateway: { routes: { name: string }[] } }
  assert.deepEqual([Object.keys(ReverseProxy.Routes), Gateway.routes.map(({ name }) => name).toSorted()], [['plain'], ['by expression', 'closed', 'of a tenant', 'off']])
  assert.equal(report.filter(({ message }) => message.includes('is set aside')).length, 4)
})
