import assert from 'node:assert/strict'
import { test } from 'node:test'
import { completeEntry } from '../configuration-file/complete-entry.ts'
import type { ConfigurationFile } from '../configuration-file/configuration-file.ts'
import { fileOfContent } from '../configuration-file/file-of-content.ts'
import { DRAFTED_KINDS } from '../schema/resource.ts'
import type { SnapshotContent } from '../schema/snapshot.ts'
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
    ...maybe({ healthCheck: { active: { enabled: true, path: '/h?x=1', expectedStatuses: '200,204', unhealthyAfter: 1 + pick.below(4) }, passive: { policy: { policy: pick.one(['ConsecutiveFailures', 'TransportFailureRate']) }, count5xx: true } } }),
    ...maybe({ availability: 'HealthyAndUnknown', slowStartSeconds: 5 }),
    ...maybe({ sessionAffinity: { enabled: true, policy: pick.one(['Hash', 'HashCookie', 'Cookie', 'CustomHeader']), keyName: `k${index}`, cookie: { sameSite: 'Lax', maxAgeSeconds: 60 } } }),
    ...maybe({ connection: { connectTimeoutMs: 1234, maxPerTarget: 9, tls: { verify: false } }, retry: { attempts: 3, statuses: [503] } }),
    ...maybe({ tenantCode: pick.one([undefined, 't']) })
  }))
  const routes: Given[] = Array.from({ length: 6 }, (_, index) => ({
    ...pick.one([{}, {}, {}, { tenantCode: 't' }]),
    ...maybe({ enabled: pick.below(3) > 0 }),
    ...pick.one([{ upstreamId: testId(1 + pick.below(3)) }, { upstreamId: testId(1 + pick.below(3)) }, { upstreamId: undefined, split: [{ upstreamId: testId(1), weight: 2 }, { upstreamId: testId(2) }], splitSticky: true }, { upstreamId: undefined, redirect: { to: 'https://{host}{path}' } }, { upstreamId: undefined, respond: { status: 204, headers: { 'X-A': '1' } } }]),
    match: {
      ...maybe({ path: pick.one([{ type: 'prefix', value: `/p${index}` }, { type: 'exact', value: '/e', caseSensitive: false }, { type: 'pattern', value: '/{a}/{**b}' }, { type: 'regex', value: '/x.*' }]) }),
      ...maybe({ hosts: ['a.example', '*.b.example:81'] }),
      ...maybe({ methods: ['GET', 'PROPFIND'] }),
      ...maybe({ headers: [{ name: 'X-A', values: ['1', '2'], isCaseSensitive: true }], query: [{ name: 'q', mode: pick.one(['Exists', 'NotExists']) }] }),
      ...maybe(pick.below(4) === 0 ? { websocket: true } : {})
    },
    ...maybe({ priority: pick.below(5) - 2, listenerIds: [testId(1)] }),
    ...maybe({ timeouts: { activityMs: 1_000 * (1 + pick.below(3)), totalMs: 1_500 }, retry: { attempts: 2 } }),
    ...maybe({ transforms: [{ PathPrefix: '/x' }, { RequestHeader: 'X-B', Set: 'ü' }], forwardPath: 'raw' }),
    ...maybe({ maintenance: { enabled: pick.below(3) === 0, body: 'soon' }, mirror: { upstreamId: testId(2), percent: 10 } }),
    ...maybe({ maxRequestBodyBytes: pick.one([0, 1_000, 30_000_000]), labels: { a: 'b' }, authorizationPolicy: 'staff' }),
    ...maybe({ loadBalancing: 'Random', serviceName: 'shop' })
  }))
  return contentOf({ listeners: [{}, { port: 81, tenantHeader: { name: 'X-Org' } }], upstreams, routes, providers: pick.below(2) === 0 ? [] : [{}] })
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

test('a file without defaults is whole again when it is read', () => {
  const pick = seededRandom(12)
  for (let round = 0; round < 150; round++) {
    const content = randomContent(pick)
    const file = fileOfContent(content)
    const whole = comparable(file) as ConfigurationFile
    const names = new Map([...content.listeners, ...content.upstreams].map(({ id, name }) => [id, name]))
    for (const kind of ['listeners', 'upstreams', 'providers'] as const) assert.deepEqual(whole[kind], content[kind].map(({ id: _id, ...spec }) => spec).toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    for (const route of content.routes) assert.equal(whole.routes.find(({ name }) => name === route.name)?.['upstream'], route.upstreamId === undefined ? undefined : names.get(route.upstreamId))
  }
})

test('nothing that YARP would serve to the wrong people, or in the wrong way, is among its routes', () => {
  const { document, report } = exportYarp(contentOf({ routes: [{ name: 'plain' }, { name: 'of a tenant', tenantCode: 't' }, { name: 'off', enabled: false }, { name: 'closed', maintenance: { enabled: true } }, { name: 'by expression', match: { path: { type: 'regex', value: '/x' } } }] }))
  const { ReverseProxy, Gateway } = document as { ReverseProxy: { Routes: object }; Gateway: { routes: { name: string }[] } }
  assert.deepEqual([Object.keys(ReverseProxy.Routes), Gateway.routes.map(({ name }) => name).toSorted()], [['plain'], ['by expression', 'closed', 'of a tenant', 'off']])
  assert.equal(report.filter(({ message }) => message.includes('is set aside')).length, 4)
})
