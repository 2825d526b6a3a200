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
    assert.deepEqual([file.upstreams[1]!['targets'], file.routes[1]!['transforms']], [[{ id: 'only', address: 'http://files.internal', metadata: {} }], [{ PathPrefix: '/store' }]])
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
    [{ Transforms: [{ RequestHeadersCopy: true }] }, 'transforms', [{ RequestHeadersCopy: 'true' }]],
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
    [{}, 'healthCheck.active', { enabled: false, path: '/', intervalSeconds: 15, timeoutSeconds: 10, expectedStatuses: '200-299', unhealthyAfter: 2, healthyAfter: 1 }],
    [{ HealthCheck: { Active: { Enabled: true, Path: '/h', Query: '?a=1', Interval: '00:00:07', Timeout: '00:00:03' } } }, 'healthCheck.active', { enabled: true, path: '/h?a=1', intervalSeconds: 7, timeoutSeconds: 3, expectedStatuses: '200-299', unhealthyAfter: 2, healthyAfter: 1 }],
    [{ Metadata: { 'ConsecutiveFailuresHealthPolicy.Threshold': '4' } }, 'healthCheck.active.unhealthyAfter', 4],
    [{}, 'healthCheck.passive.enabled', false],
    [{ HealthCheck: { Passive: { Enabled: true } } }, 'healthCheck.passive', { enabled: true, policy: { policy: 'TransportFailureRate', windowSeconds: 60, minRequests: 10, rate: 0.3 }, count5xx: false, reactivationSeconds: 60, maxEjectedPercent: 100 }],
    [{ Metadata: { 'TransportFailureRateHealthPolicy.RateLimit': '0.7' } }, 'healthCheck.passive.policy.rate', 0.7],
    [{ HealthCheck: { AvailableDestinationsPolicy: 'HealthyAndUnknown' } }, 'availability', 'HealthyAndUnknown'],
    [{ HttpClient: { DangerousAcceptAnyServerCertificate: 'True' } }, 'connection.tls.verify', false],
    [{ HttpClient: { MaxConnectionsPerServer: 9 } }, 'connection.maxPerTarget', 9],
    [{}, 'connection.connectTimeoutMs', 15_000],
    [{ HttpRequest: { Version: '2', VersionPolicy: 'RequestVersionExact' } }, 'connection.http2', true],
    [{ HttpRequest: { Version: '2' } }, 'connection.http2', false],
    [{}, 'retry.attempts', 0],
    [{ Metadata: { owner: 'a' } }, 'labels', { owner: 'a' }]
  ]
  for (const [given, path, value] of rows) test(`${JSON.stringify(given)} gives ${path} ${JSON.stringify(value)}`, () => assert.deepEqual(part(upstream(given), path), value))

  test('ActivityTimeout belongs to the routes here', () => {
    assert.deepEqual(one({ cluster: { HttpRequest: { ActivityTimeout: '00:00:07' } } }).file.routes[0]!['timeouts'], { activityMs: 7_000 })
  })
})

describe('what stops an import, with its place', () => {
  const rows: [name: string, text: string, path: string, message: RegExp][] = [
    ['no JSON', '{ "a" 1 }', '', /line 1, column 7/],
    ['nothing of YARP', '{ "Logging": {} }', '', /neither ReverseProxy nor Routes/],
    ['a RouteId inside a route', '{"Routes":{"r":{"RouteId":"x","ClusterId":"c","Match":{"Path":"/"}}},"Clusters":{"c":{}}}', '/Routes/r/RouteId', /take RouteId out/],
    ['no Match', '{"Routes":{"r":{"ClusterId":"c"}},"Clusters":{"c":{}}}', '/Routes/r', /needs Match/],
    ['no cluster', '{"Routes":{"r":{"Match":{"Path":"/"}}}}', '/Routes/r', /no ClusterId/],
    ['an unknown cluster', '{"Routes":{"r":{"ClusterId":"x","Match":{"Path":"/"}}}}', '/Routes/r/ClusterId', /no cluster "x"/],
    ['no Address', '{"Clusters":{"c":{"Destinations":{"d":{}}}}}', '/Clusters/c/Destinations/d', /needs an Address/],
    ['different paths', '{"Clusters":{"c":{"Destinations":{"d":{"Address":"http://a/x"},"e":{"Address":"http://a/y"}}}}}', '/Clusters/c/Destinations', /different paths/],
    ['a time span that is none', '{"Routes":{"r":{"ClusterId":"c","Timeout":"soon","Match":{"Path":"/"}}},"Clusters":{"c":{}}}', '/Routes/r/Timeout', /time span/],
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
