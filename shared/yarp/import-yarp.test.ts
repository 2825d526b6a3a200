import assert from 'node:assert/strict'
import fs from 'node:fs'
import { describe, test } from 'node:test'
import { completeEntry } from '../configuration-file/complete-entry.ts'
import type { FileEntry } from '../configuration-file/configuration-file.ts'
import { importYarp } from './import-yarp.ts'

const settings = (name: string) => fs.readFileSync(new URL(`testing/${name}`, import.meta.url), 'utf8')
const one = (given: { route?: object; cluster?: object }) => importYarp(JSON.stringify({ ReverseProxy: { Routes: { r: { ClusterId: 'c', Match: { Path: '/' }, ...given.route } }, Clusters: { c: { Destinations: { d: { Address: 'http://10.0.0.1' } }, ...given.cluster } } } }))
const route = (given: object): FileEntry => completeEntry('routes', one({ route: given }).file.routes[0]!) ?? assert.fail('it cannot be decoded')
const upstream = (given: object): FileEntry => completeEntry('upstreams', one({ cluster: given }).file.upstreams[0]!) ?? assert.fail('it cannot be decoded')
/** The part of a resource that is compared. */
const part = (resource: FileEntry, path: string): unknown => path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], resource)

describe('a whole settings file', () => {
  const { file, report, issues } = importYarp(settings('appsettings.json'))

  test('gives a route and an upstream for each, under their names', () => {
    assert.deepEqual(issues, [])
    assert.deepEqual([file.routes.map(({ name }) => name), file.upstreams.map(({ name }) => name)], [['orders', 'files'], ['orders', 'files']])
    for (const kind of ['routes', 'upstreams'] as const) for (const entry of file[kind]) assert.notEqual(completeEntry(kind, entry), null, String(entry['name']))
  })

  test('tells what is lost and what is changed, at its place', () => {
    assert.deepEqual(report.map(({ path, kind }) => `${kind} ${path}`).toSorted(), [
      'change /ReverseProxy/Clusters/files/Destinations',
      'change /ReverseProxy/Routes/orders/Match/Methods',
      'loss /ReverseProxy/Clusters/files/Destinatons',
      'loss /ReverseProxy/Clusters/orders/HttpClient/SslProtocols',
      'loss /ReverseProxy/Clusters/orders/HttpRequest/AllowResponseBuffering',
      'loss /ReverseProxy/Routes/orders/OutputCachePolicy'
    ])
    assert.match(report.find(({ path }) => path.endsWith('Destinatons'))!.message, /did you mean Destinations\?/)
  })

  test('a path in front of all destinations becomes a transform of the routes', () => {
    assert.deepEqual([file.upstreams[1]!['targets'], file.routes[1]!['transforms']], [[{ id: 'only', address: 'http://files.internal', healthUrl: 'http://files.internal/store/', metadata: {} }], [{ PathPrefix: '/store' }]])
  })
})

describe('fields of a route', () => {
  const rows: [given: object, path: string, value: unknown][] = [
    [{}, 'priority', 0],
    [{ Order: 5 }, 'priority', -5],
    [{ Order: '-3' }, 'priority', 3],
    [{ Match: { Path: 'a/{b}' } }, 'match.path', { type: 'pattern', value: '/a/{b}' }],
    [{ Match: { Hosts: 'a.example, *.b.example' } }, 'match.hosts', ['a.example', '*.b.example']],
    [{ Match: { Hosts: ['bücher.example'] } }, 'match.hosts', ['xn--bcher-kva.example']],
    [{ Match: { Path: '/', Methods: ['get', 'TRACE'] } }, 'match.methods', ['GET']],
    [{ Match: { Path: '/', Headers: [{ Name: 'X', Values: [1, true, 'a,b'] }] } }, 'match.headers.0.values', ['1', 'true', 'a,b']],
    [{ Match: { Path: '/', Methods: { 1: 'post', 0: 'GET' } } }, 'match.methods', ['GET', 'POST']],
    [{ Match: { Path: '/', Headers: { 0: { Name: 'X', Values: { 0: 'a' } } } } }, 'match.headers', [{ name: 'X', values: ['a'], mode: 'ExactHeader', isCaseSensitive: false }]],
    [{ Transforms: { 0: { PathSet: '/a' }, 1: { PathPrefix: '/b' } } }, 'transforms', [{ PathSet: '/a' }, { PathPrefix: '/b' }]],
    [{ Match: { Hosts: ['a.example'], Path: '' } }, 'match.path', undefined],
    [{ Match: { Path: '/', Headers: [{ Name: 'X', Mode: 'NotExists' }] } }, 'match.headers', [{ name: 'X', values: [], mode: 'NotExists', isCaseSensitive: false }]],
    [{ Match: { Path: '/', QueryParameters: [{ Name: 'q', Values: ['1'], IsCaseSensitive: true }] } }, 'match.query', [{ name: 'q', values: ['1'], mode: 'Exact', isCaseSensitive: true }]],
    [{ AuthorizationPolicy: 'Anonymous' }, 'authorizationPolicy', 'Anonymous'],
    [{ RateLimiterPolicy: 'Disable' }, 'rateLimiterPolicy', 'Disable'],
    [{ CorsPolicy: 'Default' }, 'corsPolicy', 'Default'],
    [{ Timeout: '00:01:40' }, 'timeouts.totalMs', 100_000],
    [{}, 'timeouts.activityMs', 100_000],
    [{}, 'maxRequestBodyBytes', 30_000_000],
    [{ MaxRequestBodySize: null }, 'maxRequestBodyBytes', 30_000_000],
    [{ MaxRequestBodySize: -1 }, 'maxRequestBodyBytes', 0],
    [{ MaxRequestBodySize: 7 }, 'maxRequestBodyBytes', 7],
    [{ Metadata: { team: 'a' } }, 'labels', { team: 'a' }],
    [{ Match: { Path: '/svc/{**catch-all}' }, Transforms: [{ PathPattern: '{**catch-all}' }] }, 'transforms', [{ PathPattern: '{**catch-all}' }]],
    [{ Transforms: [{ RequestHeadersCopy: true }] }, 'transforms', [{ RequestHeadersCopy: 'true' }]],
    [{ Match: { Path: '/', Headers: [{ Name: 'X', Values: ['1'], Mode: 'headerprefix' }] } }, 'match.headers', [{ name: 'X', values: ['1'], mode: 'HeaderPrefix', isCaseSensitive: false }]],
    [{ Order: 2_147_483_647 }, 'priority', -1_000_000_000],
    [{ MaxRequestBodySize: 0 }, 'maxRequestBodyBytes', 1],
    [{ Metadata: { 'two words': 'x', team: null } }, 'labels', {}],
    [{}, 'isGlobal', true],
    [{}, 'upstream', 'c']
  ]
  for (const [given, path, value] of rows) test(`${JSON.stringify(given)} gives ${path} ${JSON.stringify(value)}`, () => assert.deepEqual(part(route(given), path), value))
})

describe('fields of a cluster', () => {
  const rows: [given: object, path: string, value: unknown][] = [
    [{}, 'loadBalancing', 'PowerOfTwoChoices'],
    [{ LoadBalancingPolicy: 'FirstAlphabetical' }, 'loadBalancing', 'FirstAlphabetical'],
    [{}, 'sessionAffinity.enabled', false],
    [{ SessionAffinity: { Enabled: true, AffinityKeyName: 'k' } }, 'sessionAffinity.policy', 'HashCookie'],
    [{ SessionAffinity: { Enabled: true, Policy: 'ArrCookie', AffinityKeyName: 'k', FailurePolicy: 'Return503Error' } }, 'sessionAffinity.failurePolicy', 'Return503'],
    [{ SessionAffinity: { Enabled: true, AffinityKeyName: 'k', Cookie: { MaxAge: '00:10:00' } } }, 'sessionAffinity.cookie.maxAgeSeconds', 600],
    [{ SessionAffinity: { Enabled: true, AffinityKeyName: 'k', Cookie: { MaxAge: '00:10:00' } } }, 'sessionAffinity.cookie.securePolicy', 'SameAsRequest'],
    [{ SessionAffinity: { Enabled: true, AffinityKeyName: 'k', Cookie: { SecurePolicy: 'None' } } }, 'sessionAffinity.cookie.securePolicy', 'None'],
    [{}, 'healthCheck.active', { enabled: false, path: '/', intervalSeconds: 15, timeoutSeconds: 10, expectedStatuses: '200-299', unhealthyAfter: 2, healthyAfter: 1 }],
    [{ HealthCheck: { Active: { Enabled: true, Path: '/h', Query: '?a=1', Interval: '00:00:07', Timeout: '00:00:03' } } }, 'healthCheck.active', { enabled: true, path: '/h?a=1', intervalSeconds: 7, timeoutSeconds: 3, expectedStatuses: '200-299', unhealthyAfter: 2, healthyAfter: 1 }],
    [{ HealthCheck: { Active: { Path: 'api/health', Query: 'x=1' } } }, 'healthCheck.active.path', '/api/health?x=1'],
    [{ HealthCheck: { Active: { Query: '?x=1' } } }, 'healthCheck.active.path', '/?x=1'],
    [{ Metadata: { 'ConsecutiveFailuresHealthPolicy.Threshold': '4' } }, 'healthCheck.active.unhealthyAfter', 4],
    [{}, 'healthCheck.passive.enabled', false],
    [{ HealthCheck: { Passive: { Enabled: true } } }, 'healthCheck.passive', { enabled: true, policy: { policy: 'TransportFailureRate', windowSeconds: 60, minRequests: 10, rate: 0.3 }, count5xx: false, reactivationSeconds: 60, maxEjectedPercent: 100 }],
    [{ Metadata: { 'TransportFailureRateHealthPolicy.RateLimit': '0.7' } }, 'healthCheck.passive.policy.rate', 0.7],
    [{ HealthCheck: { AvailableDestinationsPolicy: 'HealthyAndUnknown' } }, 'availability', 'HealthyAndUnknown'],
    [{ HttpClient: { DangerousAcceptAnyServerCertificate: 'True' } }, 'connection.tls.verify', false],
    [{ HttpClient: { MaxConnectionsPerServer: 9 } }, 'connection.maxPerTarget', 9],
    [{}, 'connection.connectTimeoutMs', 15_000],
    [{ HttpRequest: { Version: '2', VersionPolicy: 'RequestVersionExact' } }, 'targets.0.address', 'h2c://10.0.0.1'],
    [{ HttpRequest: { Version: '2', VersionPolicy: 'RequestVersionExact' } }, 'connection.http2', false],
    [{ HttpRequest: { VersionPolicy: 'RequestVersionOrHigher' } }, 'targets.0.address', 'h2c://10.0.0.1'],
    [{ HttpRequest: { Version: '2' } }, 'targets.0.address', 'http://10.0.0.1'],
    [{ HttpRequest: { Version: '2' } }, 'connection.http2', false],
    [{ HttpRequest: { Version: '1.1', VersionPolicy: 'RequestVersionOrHigher' } }, 'targets.0.address', 'http://10.0.0.1'],
    [{ HttpRequest: { Version: 2, VersionPolicy: 'requestversionexact' }, Destinations: { d: { Address: 'HTTP://10.0.0.1:81/svc', Host: 'a.example' }, e: { Address: 'http://10.0.0.2/svc', Health: 'http://10.0.0.2:82' } } }, 'targets', [
      { id: 'd', address: 'h2c://10.0.0.1:81', host: 'a.example', weight: 1, healthUrl: 'h2c://10.0.0.1:81/svc', enabled: true, metadata: {} },
      { id: 'e', address: 'h2c://10.0.0.2', weight: 1, healthUrl: 'h2c://10.0.0.2:82', enabled: true, metadata: {} }
    ]],
    ...[[{}, true], [{ HttpRequest: { Version: '2' } }, true], [{ HttpRequest: { Version: '2', VersionPolicy: 'RequestVersionExact' } }, true], [{ HttpRequest: { Version: '1.1' } }, false], [{ HttpRequest: { Version: '1.1', VersionPolicy: 'RequestVersionOrHigher' } }, true]].map(([given, http2]): [object, string, unknown] => [{ ...given as object, Destinations: { d: { Address: 'https://10.0.0.1' } } }, 'connection.http2', http2]),
    [{ LoadBalancingPolicy: 'roundrobin' }, 'loadBalancing', 'RoundRobin'],
    [{ SessionAffinity: { Enabled: true, AffinityKeyName: 'k', FailurePolicy: 'return503error', Cookie: { SameSite: 'lax', SecurePolicy: 'always' } } }, 'sessionAffinity.cookie.sameSite', 'Lax'],
    [{ Destinations: { d: { Address: 'http://10.0.0.1/store' } } }, 'targets', [{ id: 'd', address: 'http://10.0.0.1', weight: 1, healthUrl: 'http://10.0.0.1/store', enabled: true, metadata: {} }]],
    [{ Metadata: { 'two words': 'x' } }, 'labels', {}],
    [{}, 'retry.attempts', 0],
    [{ Metadata: { owner: 'a' } }, 'labels', { owner: 'a' }]
  ]
  for (const [given, path, value] of rows) test(`${JSON.stringify(given)} gives ${path} ${JSON.stringify(value)}`, () => assert.deepEqual(part(upstream(given), path), value))

  test('ActivityTimeout belongs to the routes here', () => {
    assert.deepEqual(one({ cluster: { HttpRequest: { ActivityTimeout: '00:00:07' } } }).file.routes[0]!['timeouts'], { activityMs: 7_000 })
    assert.deepEqual(one({ cluster: { HttpRequest: { ActivityTimeout: '00:00:01.2345678' } } }).file.routes[0]!['timeouts'], { activityMs: 1_235 })
  })

  test('a route that takes only TRACE is none, and takes nothing else', () => {
    const read = one({ route: { Match: { Path: '/debug', Methods: ['trace'] } } })
    assert.deepEqual([read.file.routes, read.issues, read.file.upstreams.length], [[], [], 1])
  })

  test('what says nothing of an affinity cookie is as good as no cookie', () => {
    assert.equal(part(upstream({ SessionAffinity: { Enabled: true, AffinityKeyName: 'k', Cookie: { SecurePolicy: 'SameAsRequest' } } }), 'sessionAffinity.cookie'), undefined)
  })
})

describe('what comes out differently is told', () => {
  const rows: [given: { route?: object; cluster?: object }, kind: string, path: string][] = [
    [{ route: { Order: 2_147_483_647 } }, 'change', '/Routes/r/Order'],
    [{ route: { MaxRequestBodySize: 0 } }, 'change', '/Routes/r/MaxRequestBodySize'],
    [{ route: { 'a/b~c': 1 } }, 'loss', '/Routes/r/a~1b~0c'],
    [{ route: { Metadata: { 'two/words here': 'x' } } }, 'loss', '/Routes/r/Metadata/two~1words here'],
    [{ route: { Match: { Path: '/{id}' }, Transforms: [{ RequestHeader: 'X-Id', Set: '{id}' }] } }, 'change', '/Routes/r/Transforms/0/Set'],
    [{ cluster: { Metadata: { 'two words': 'x' } } }, 'loss', '/Clusters/c/Metadata/two words'],
    [{ cluster: { HealthCheck: { Active: { Policy: 'Own' } } } }, 'loss', '/Clusters/c/HealthCheck/Active/Policy'],
    [{ cluster: { HealthCheck: { Passive: { Policy: 'Own' } } } }, 'loss', '/Clusters/c/HealthCheck/Passive/Policy'],
    [{ cluster: { HealthCheck: { Active: { Interval: '00:00:00.5' } } } }, 'change', '/Clusters/c/HealthCheck/Active/Interval'],
    [{ cluster: { HttpRequest: { Version: '1.0' } } }, 'change', '/Clusters/c/HttpRequest/Version'],
    [{ cluster: { HttpRequest: { Version: '3', VersionPolicy: 'RequestVersionExact' } } }, 'change', '/Clusters/c/HttpRequest/Version'],
    [{ cluster: { HttpRequest: { Version: '2' } } }, 'note', '/Clusters/c/HttpRequest/Version'],
    [{ cluster: { httpRequest: { activityTimeout: '00:00:01.2345678' } } }, 'change', '/Clusters/c/httpRequest/activityTimeout'],
    [{ route: { Timeout: '00:00:01.2345678' } }, 'change', '/Routes/r/Timeout'],
    [{ route: { Match: { Path: '/', Methods: 'TRACE' } } }, 'loss', '/Routes/r/Match'],
    [{ cluster: { HealthCheck: { Active: { Query: 'x=1' } } } }, 'change', '/Clusters/c/HealthCheck/Active/Query'],
    [{ cluster: { HealthCheck: { Active: { Path: 'up' } } } }, 'change', '/Clusters/c/HealthCheck/Active/Path'],
    [{ cluster: { SessionAffinity: { Enabled: true, AffinityKeyName: 'k' } } }, 'change', '/Clusters/c/SessionAffinity'],
    [{ cluster: { SessionAffinity: { Enabled: true, AffinityKeyName: 'k', Policy: 'ArrCookie', Cookie: { HttpOnly: true } } } }, 'change', '/Clusters/c/SessionAffinity/Cookie']
  ]
  for (const [given, kind, path] of rows) {
    test(JSON.stringify(given), () => assert.deepEqual(one(given).report.map((line) => [line.kind, line.path]), [[kind, `/ReverseProxy${path}`]]))
  }

  test('what comes out as it is in YARP is not', () => {
    const clusters: object[] = [
      { HttpRequest: { VersionPolicy: 'RequestVersionOrLower' } },
      { HttpRequest: { Version: '2', VersionPolicy: 'RequestVersionExact' } },
      { HttpRequest: { Version: '2' }, Destinations: { d: { Address: 'https://10.0.0.1' } } },
      { SessionAffinity: { Enabled: true, AffinityKeyName: 'k', Policy: 'CustomHeader' } },
      { SessionAffinity: { Enabled: true, AffinityKeyName: 'k', Cookie: { SecurePolicy: 'None' } } },
      { SessionAffinity: { Enabled: false } }
    ]
    for (const cluster of clusters) assert.deepEqual(one({ cluster }).report, [], JSON.stringify(cluster))
  })

  test('a key that is beside Routes and Clusters, or beside our own kinds', () => {
    const { report } = importYarp('{"Clusters":{"c":{}},"Clusterz":{},"Gateway":{"listenrs":[]}}')
    assert.deepEqual(report.map(({ path }) => path), ['/Clusterz', '/Gateway/listenrs'])
  })
})

describe('a pointer into what was read leads into the file', () => {
  const settings = `{"reverseproxy":{"Routes":{"a/b":{"clusterid":"c","order":1,"Match":{"Path":"/","queryParameters":[{"Name":"q","Mode":"Exists"}]},"Metadata":{"Gateway.retry":"{}"}}},
    "Clusters":{"c":{"httpRequest":{"activityTimeout":"2.00:00:00"},"HealthCheck":{"Active":{"Interval":"00:00:07"}},"Destinations":{"Two":{"address":"http://a"}}}}}}`
  const { places, issues } = importYarp(settings)
  const rows: [kind: 'routes' | 'upstreams', ours: string, theirs: string][] = [
    ['routes', '', ''],
    ['routes', '/upstreamId', '/clusterid'],
    ['routes', '/priority', '/order'],
    ['routes', '/match/path/value', '/Match/Path'],
    ['routes', '/match/query/0/values', '/Match/queryParameters/0'],
    ['routes', '/retry/attempts', '/Metadata/Gateway.retry'],
    ['routes', '/timeouts/totalMs', ''],
    ['upstreams', '/targets/0/address', '/Destinations/Two/address'],
    ['upstreams', '/targets/0/healthUrl', '/Destinations/Two'],
    ['upstreams', '/healthCheck/active/intervalSeconds', '/HealthCheck/Active/Interval'],
    ['upstreams', '/connection/http2', '/httpRequest']
  ]
  for (const [kind, ours, theirs] of rows) {
    test(`${kind} ${ours}`, () => {
      assert.deepEqual(issues, [])
      assert.equal(places.of(kind, 0)(ours), `/reverseproxy${kind === 'routes' ? '/Routes/a~1b' : '/Clusters/c'}${theirs}`)
    })
  }
})

test('what a cluster says of its routes stands at the cluster', () => {
  const read = (metadata: object) => importYarp(JSON.stringify({ Routes: { r: { ClusterId: 'C', Match: { Path: '/' }, Metadata: metadata } }, Clusters: { c: { httpRequest: { activityTimeout: '2.00:00:00' } } } })).places.of('routes', 0)
  assert.equal(read({})('/timeouts/activityMs'), '/Clusters/c/httpRequest/activityTimeout')
  assert.equal(read({ 'Gateway.timeouts': '{"activityMs":0}' })('/timeouts/activityMs'), '/Routes/r/Metadata/Gateway.timeouts')
})

describe('what stops an import, with its place', () => {
  const rows: [name: string, text: string, path: string, message: RegExp][] = [
    ['no JSON', '{ "a" 1 }', '', /line 1, column 7/],
    ['nothing of YARP', '{ "Logging": {} }', '', /neither ReverseProxy nor Routes/],
    ['a RouteId inside a route', '{"Routes":{"r":{"RouteId":"x","ClusterId":"c","Match":{"Path":"/"}}},"Clusters":{"c":{}}}', '/Routes/r/RouteId', /take RouteId out/],
    ['no Match', '{"Routes":{"r":{"ClusterId":"c"}},"Clusters":{"c":{}}}', '/Routes/r', /"r" needs Match/],
    ['a Match of nothing', '{"Routes":{"r":{"ClusterId":"c","Match":{}}},"Clusters":{"c":{}}}', '/Routes/r/Match', /"r" needs a Path or Hosts.*catch-all/],
    ['a Match of methods alone', '{"Routes":{"r":{"ClusterId":"c","Match":{"Methods":["GET"],"Path":""}}},"Clusters":{"c":{}}}', '/Routes/r/Match', /needs a Path or Hosts/],
    ['a Match of an empty host', '{"Routes":{"r":{"ClusterId":"c","Match":{"Hosts":[""]}}},"Clusters":{"c":{}}}', '/Routes/r/Match', /needs a Path or Hosts/],
    ['affinity without a key', '{"Clusters":{"c":{"SessionAffinity":{"Enabled":true}}}}', '/Clusters/c/SessionAffinity', /needs an AffinityKeyName/],
    ['affinity with an empty key', '{"Clusters":{"c":{"SessionAffinity":{"Enabled":true,"AffinityKeyName":""}}}}', '/Clusters/c/SessionAffinity', /needs an AffinityKeyName/],
    ['an activity that is not above zero', '{"Clusters":{"c":{"HttpRequest":{"ActivityTimeout":"-00:00:01"}}}}', '/Clusters/c/HttpRequest/ActivityTimeout', /above zero/],
    ['a list that is numbered with a gap', '{"Routes":{"r":{"ClusterId":"c","Match":{"Path":"/","Methods":{"0":"GET","2":"PUT"}}}},"Clusters":{"c":{}}}', '/Routes/r/Match/Methods', /list of texts/],
    ['a list of more than texts', '{"Routes":{"r":{"ClusterId":"c","Match":{"Path":"/","Hosts":["a.example",null]}}},"Clusters":{"c":{}}}', '/Routes/r/Match/Hosts', /list of texts/],
    ['no cluster', '{"Routes":{"r":{"Match":{"Path":"/"}}}}', '/Routes/r', /no ClusterId/],
    ['an unknown cluster', '{"Routes":{"r":{"ClusterId":"x","Match":{"Path":"/"}}}}', '/Routes/r/ClusterId', /no cluster "x"/],
    ['no Address', '{"Clusters":{"c":{"Destinations":{"d":{}}}}}', '/Clusters/c/Destinations/d', /needs an Address/],
    ['different paths', '{"Clusters":{"c":{"Destinations":{"d":{"Address":"http://a/x"},"e":{"Address":"http://a/y"}}}}}', '/Clusters/c/Destinations', /different paths/],
    ['a time span that is none', '{"Routes":{"r":{"ClusterId":"c","Timeout":"soon","Match":{"Path":"/"}}},"Clusters":{"c":{}}}', '/Routes/r/Timeout', /time span/],
    ['a time span that is not above zero', '{"Routes":{"r":{"ClusterId":"c","Timeout":"00:00:00","Match":{"Path":"/"}}},"Clusters":{"c":{}}}', '/Routes/r/Timeout', /above zero/],
    ['Timeout and TimeoutPolicy', '{"Routes":{"r":{"ClusterId":"c","Timeout":"00:00:01","TimeoutPolicy":"Disable","Match":{"Path":"/"}}},"Clusters":{"c":{}}}', '/Routes/r/TimeoutPolicy', /not both/],
    ['a body limit below -1', '{"Routes":{"r":{"ClusterId":"c","MaxRequestBodySize":-5,"Match":{"Path":"/"}}},"Clusters":{"c":{}}}', '/Routes/r/MaxRequestBodySize', /no limit/],
    ['a guard that Metadata would take away', '{"Routes":{"r":{"ClusterId":"c","AuthorizationPolicy":"staff","Metadata":{"Gateway.authorizationPolicy":"null"},"Match":{"Path":"/"}}},"Clusters":{"c":{}}}', '/Routes/r/Metadata/Gateway.authorizationPolicy', /a field of its own/],
    ['a transform that is no object', '{"Routes":{"r":{"ClusterId":"c","Transforms":["x"],"Match":{"Path":"/"}}},"Clusters":{"c":{}}}', '/Routes/r/Transforms/0', /must be an object/],
    ['a value of a transform that is no text', '{"Routes":{"r":{"ClusterId":"c","Transforms":[{"PathSet":{}}],"Match":{"Path":"/"}}},"Clusters":{"c":{}}}', '/Routes/r/Transforms/0/PathSet', /must be a text/],
    ['a header rule that is no object', '{"Routes":{"r":{"ClusterId":"c","Match":{"Path":"/","Headers":["X-A"]}}},"Clusters":{"c":{}}}', '/Routes/r/Match/Headers/0', /must be an object/],
    ['Metadata that is no object', '{"Clusters":{"c":{"Metadata":[]}}}', '/Clusters/c/Metadata', /must be an object/],
    ['an unknown balancing', '{"Clusters":{"c":{"LoadBalancingPolicy":"RoundRobbin"}}}', '/Clusters/c/LoadBalancingPolicy', /did you mean RoundRobin/],
    ['an unknown mode', '{"Routes":{"r":{"ClusterId":"c","Match":{"Path":"/","Headers":[{"Name":"a","Mode":"Exist"}]}}},"Clusters":{"c":{}}}', '/Routes/r/Match/Headers/0/Mode', /did you mean Exists/],
    ['a threshold that is none', '{"Clusters":{"c":{"Metadata":{"TransportFailureRateHealthPolicy.RateLimit":"much"}}}}', '/Clusters/c/Metadata/TransportFailureRateHealthPolicy.RateLimit', /from 0 to 1/],
    ['an entry of ours that is no object', '{"Clusters":{"c":{}},"Gateway":{"routes":[null]}}', '/Gateway/routes/0', /must be an object/],
    ['a section of ours that is none', '{"Clusters":{"c":{}},"Gateway":[1]}', '/Gateway', /must be an object/],
    ['keys with colons', '{"ReverseProxy:Clusters:c:LoadBalancingPolicy":"Random","ReverseProxy":{"Clusters":{"d":{}}}}', '/ReverseProxy:Clusters:c:LoadBalancingPolicy', /colons/],
    ['a flag that is none', '{"Clusters":{"c":{"SessionAffinity":{"Enabled":"maybe"}}}}', '/Clusters/c/SessionAffinity/Enabled', /true or false/]
  ]
  for (const [name, text, path, message] of rows) {
    test(name, () => {
      const { issues } = importYarp(text)
      const found = issues.find((issue) => issue.path === path)
      assert.match(found?.message ?? JSON.stringify(issues), message)
    })
  }
})
