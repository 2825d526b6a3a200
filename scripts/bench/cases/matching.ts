import { compileRoutes } from '../../../shared/routing/compile-routes.ts'
import { matchRoute } from '../../../shared/routing/match-route.ts'
import type { MatchRequest } from '../../../shared/routing/match-request.ts'
import { contentOf, type Given, testId } from '../../../shared/testing/content.ts'
import { originHead } from '../../../shared/forwarding/origin-head.ts'
import { compileTransforms } from '../../../shared/transforms/compile-transforms.ts'
import type { Bench, BenchCase } from '../bench.ts'
import { medianBy } from '../median.ts'

const COUNTS = [10, 1_000, 10_000]
/** Requests that are asked for in turn. */
const REQUESTS = 4_096
const TRANSFORMS: Record<string, string>[] = [{ PathRemovePrefix: '/shop-1' }, { PathPrefix: '/v2' }, { RequestHeader: 'X-Via', Set: 'gateway' }, { RequestHeaderRemove: 'X-Drop' }, { QueryValueParameter: 'from', Set: 'gateway' }]

export const matching: BenchCase = {
  name: 'matching',
  summary: 'matching and transforms alone, among 10, 1,000 and 10,000 routes of every kind',
  measure(bench) {
    const rows = COUNTS.map((count) => [`${count.toLocaleString('en')} routes`, matchCost(bench, count)] as const)
    const transforms = transformCost(bench)
    const first = rows[0]![1]
    return Promise.resolve({
      title: 'Matching and transforms alone',
      text: `In one process, without sockets. A third of the routes each by host, by wildcard and by path; of the paths a half are prefixes, a quarter exact, a quarter patterns, and one in a hundred an expression; every fourth route has a method, every fifth a header rule, every seventh a parameter rule, every ninth is of a tenant. ${REQUESTS.toLocaleString('en')} requests that fit them are asked for in turn. The last line writes the head for the origin with five transforms.`,
      head: ['What', 'ns each', `ratio to ${COUNTS[0]} routes`],
      rows: [...rows.map(([what, ns]) => [what, ns.toFixed(0), (ns / first).toFixed(2)]), ['a head with 5 transforms', transforms.toFixed(0), '']],
      budgets: []
    })
  }
}

function routeOf(index: number): Given {
  const path = index % 100 === 99 ? { type: 'regex', value: `/shop-${index}/(orders|carts)/[0-9]+` } : index % 4 === 3 ? { type: 'pattern', value: `/shop-${index}/{kind}/{id:int}` } : { type: index % 4 === 2 ? 'exact' : 'prefix', value: `/shop-${index}/orders/7` }
  return {
    name: `route ${index}`,
    ...(index % 9 === 8 ? { tenantCode: `tenant-${index % 20}` } : {}),
    match: {
      path,
      ...(index % 3 === 0 ? { hosts: [`host-${index % 500}.example`] } : index % 3 === 1 ? { hosts: [`*.zone-${index % 50}.example`] } : {}),
      ...(index % 4 === 0 ? { methods: ['GET', 'POST'] } : {}),
      ...(index % 5 === 0 ? { headers: [{ name: 'X-Version', values: ['2', '3'] }] } : {}),
      ...(index % 7 === 0 ? { query: [{ name: 'page', mode: 'Exists' }] } : {})
    }
  }
}

function requestFor(index: number): MatchRequest {
  const host = index % 3 === 0 ? `host-${index % 500}.example` : index % 3 === 1 ? `www.zone-${index % 50}.example` : 'any.example'
  return { host, hostPort: 80, path: `/shop-${index}/orders/7`, method: 'GET', isWebSocket: false, tenantCode: index % 9 === 8 ? `tenant-${index % 20}` : '', query: '?page=2&size=20', fields: 'User-Agent: bench\r\nAccept: */*\r\nX-Version: 3\r\nCookie: a=b; c=d\r\n' }
}

/** Nanoseconds of a match, the median of some rounds. */
function matchCost({ runs, isQuick }: Bench, count: number): number {
  const content = contentOf({ routes: Array.from({ length: count }, (_, index) => routeOf(index)) })
  const compiled = compileRoutes(content)
  const requests = Array.from({ length: REQUESTS }, (_, index) => requestFor((index * 7919) % count))
  let found = 0
  for (const request of requests) if (matchRoute(compiled, testId(1), request) !== null) found++
  if (found < REQUESTS * 0.95) throw new Error(`only ${found} of ${REQUESTS} requests found a route`)
  return costOf(runs, isQuick, (round) => matchRoute(compiled, testId(1), requests[round % REQUESTS]!))
}

function transformCost({ runs, isQuick }: Bench): number {
  const { compiled } = compileTransforms(TRANSFORMS, new Set())
  const request = { method: 'GET', rawPath: '/shop-1/orders/7', query: '?page=2', authority: 'shop.example', fields: 'User-Agent: bench\r\nAccept: */*\r\nX-Drop: 1\r\nCookie: a=b; c=d\r\n', forwarding: '', traceparent: '', isWebSocketUpgrade: false, isChunked: false, contentLength: -1 }
  const context = { requestId: 'id-1', clientIp: '10.0.0.1', peerIp: '10.0.0.1', clientPort: 1, localIp: '10.0.0.2', localPort: 80, scheme: 'http' as const, tenant: 'acme', user: '', tenantSource: 'header' as const, clientCertificate: '', routeValue: () => null, encodedRouteValue: () => null, secret: () => null, random: () => 0 }
  return costOf(runs, isQuick, () => originHead({ transforms: compiled, forwardsRawPath: false }, request, request.rawPath, '10.0.0.3:80', context, { name: '', value: '' }))
}

function costOf(runs: number, isQuick: boolean, work: (round: number) => unknown): number {
  const rounds = isQuick ? 200_000 : 2_000_000
  for (let round = 0; round < 200_000; round++) work(round)
  const measured = Array.from({ length: runs }, () => {
    const from = process.cpuUsage()
    for (let round = 0; round < rounds; round++) work(round)
    const { user, system } = process.cpuUsage(from)
    return ((user + system) * 1000) / rounds
  })
  return medianBy(measured, (ns) => ns)
}
