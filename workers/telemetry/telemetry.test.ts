import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessLogWriter } from './access-log-writer.ts'
import { BOUNDS_MS } from '../../shared/traffic/latency-bounds.ts'
import { bucketOf } from './histogram.ts'
import { NodeTraffic } from './node-traffic.ts'
import { RequestRecord } from './request-record.ts'
import { addTraffic } from './route-traffic.ts'
import { createTelemetry } from './telemetry.ts'
import { TRAFFIC } from './traffic-table.ts'

function recordOf(given: Partial<RequestRecord>): RequestRecord {
  const record = new RequestRecord()
  record.begin('id', '192.0.2.1')
  return Object.assign(record, { status: 200, firstByteAt: performance.now() }, given)
}

function routeOf(id: string, index: number, name: string) {
  return [id, { index, ranks: [], route: { id, name } as never }] as const
}

function start(threads = 1) {
  const traffic = new NodeTraffic(threads)
  const batches: string[] = []
  const writers = Array.from({ length: threads }, () => new AccessLogWriter((lines) => void batches.push(lines)))
  const telemetry = writers.map((accessLog, thread) => createTelemetry({ thread, traffic: traffic.table, accessLog }))
  return { traffic, batches, writers, telemetry, lines: () => batches.join('').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>) }
}

test('a duration falls into the first bucket whose bound it does not pass', () => {
  assert.deepEqual([0, 1, 1.01, 10_000, 10_001].map(bucketOf), [0, 0, 1, BOUNDS_MS.length - 1, BOUNDS_MS.length])
})

test('traffic is summed over threads, by route and status class', () => {
  const { traffic, telemetry } = start(2)
  traffic.routesAre(new Map([routeOf('a', 0, 'shop'), routeOf('b', 7, 'blog')]))
  telemetry[0]!.observe(recordOf({ routeSlot: 0, bytesIn: 10, bytesOut: 20 }))
  telemetry[1]!.observe(recordOf({ routeSlot: 0, status: 503, bytesIn: 1, bytesOut: 2 }))
  telemetry[1]!.observe(recordOf({ routeSlot: 7, failureCode: 'origin_closed' }))
  telemetry[1]!.observe(recordOf({ status: 404, firstByteAt: 0, failureCode: 'no_route' }))
  telemetry[1]!.observe(recordOf({ routeSlot: 100_000 }))
  const rows = Object.fromEntries(traffic.read().map(({ route, values }) => [route, values]))
  assert.deepEqual(Object.keys(rows).sort(), ['(none)', '(other)', 'blog', 'shop'])
  const responses = (route: string) => rows[route]!.slice(TRAFFIC.responses, TRAFFIC.responses + 6)
  assert.deepEqual(responses('shop'), [0, 0, 1, 0, 0, 1])
  assert.deepEqual(responses('blog'), [1, 0, 0, 0, 0, 0], 'a response that failed after it began was cut')
  assert.deepEqual(responses('(none)'), [0, 0, 0, 0, 1, 0])
  assert.deepEqual([rows['shop']![TRAFFIC.requestBytes], rows['shop']![TRAFFIC.responseBytes]], [11, 22])
  assert.equal(rows['shop']!.slice(TRAFFIC.buckets).reduce((sum, count) => sum + count), 2)
})

test('the whole counts every request once, also those of routes that are gone', () => {
  const { traffic, telemetry } = start(2)
  traffic.routesAre(new Map([routeOf('a', 0, 'shop')]))
  telemetry[0]!.observe(recordOf({ routeSlot: 0 }))
  telemetry[1]!.observe(recordOf({ routeSlot: 0, status: 502 }))
  telemetry[1]!.observe(recordOf({ status: 404 }))
  telemetry[0]!.observe(recordOf({ status: 0 }))
  traffic.routesAre(new Map([routeOf('b', 0, 'new')]))
  const { requests, errors, durations } = traffic.served()
  assert.deepEqual([requests, errors, durations.reduce((sum, count) => sum + count)], [4, 1, 4])
})

test('a route that gets the index of another one begins at zero; a renamed one goes on', () => {
  const { traffic, telemetry } = start()
  traffic.routesAre(new Map([routeOf('a', 0, 'shop'), routeOf('b', 1, 'blog')]))
  for (const routeSlot of [0, 1]) telemetry[0]!.observe(recordOf({ routeSlot }))
  traffic.routesAre(new Map([routeOf('c', 0, 'new'), routeOf('b', 1, 'news')]))
  assert.deepEqual(traffic.read().map(({ route }) => route), ['news'])
})

test('what two processes counted is added by tenant and route', () => {
  const row = (tenant: string, route: string, value: number) => ({ tenant, route, values: [value, 1] })
  assert.deepEqual(addTraffic([row('', 'a', 1), row('t', 'a', 2), row('', 'a', 3)]), [{ tenant: '', route: 'a', values: [4, 2] }, { tenant: 't', route: 'a', values: [2, 1] }])
})

test('the access log: full has every request, sampled one in a hundred and every one that went wrong, off none', () => {
  const { telemetry, lines } = start()
  const [one] = telemetry
  for (let count = 0; count < 300; count++) {
    one!.observe(recordOf({ accessLog: 2, path: '/full' }))
    one!.observe(recordOf({ accessLog: 1, path: '/sampled' }))
    one!.observe(recordOf({ accessLog: 0, path: '/off' }))
  }
  one!.observe(recordOf({ accessLog: 1, path: '/bad', status: 502, failureCode: 'connect_failed' }))
  one!.tick()
  const counts = (path: string) => lines().filter((line) => line['path'] === path).length
  assert.deepEqual([counts('/full'), counts('/sampled'), counts('/off'), counts('/bad')], [300, 3, 0, 1])
})

test('a line holds no query and no header, and is JSON whatever the client sent', () => {
  const { telemetry, lines } = start()
  telemetry[0]!.observe(recordOf({ accessLog: 2, path: '/"\\\x7f\xe9', query: '?token=secret', host: 'a"b', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }))
  telemetry[0]!.tick()
  const [line] = lines()
  assert.equal(line!['path'], '/"\\\x7f\xe9')
  assert.equal(line!['traceId'], '0af7651916cd43dd8448eb211c80319c')
  assert.doesNotMatch(JSON.stringify(line), /secret/)
})

test('lines that the other side does not take are dropped and counted', () => {
  const { telemetry, batches, writers } = start()
  for (let batch = 0; batch < 20; batch++) {
    telemetry[0]!.observe(recordOf({ accessLog: 2 }))
    telemetry[0]!.tick()
  }
  assert.deepEqual([batches.length, writers[0]!.dropped], [16, 4])
  writers[0]!.taken()
  telemetry[0]!.observe(recordOf({ accessLog: 2 }))
  telemetry[0]!.tick()
  assert.deepEqual([batches.length, writers[0]!.dropped], [17, 4])
})

test('recent requests: some good ones and most bad ones of a tick, newest first, bounded', () => {
  const { telemetry } = start()
  const [one] = telemetry
  for (let count = 0; count < 50; count++) {
    one!.observe(recordOf({ path: `/good/${count}` }))
    one!.observe(recordOf({ path: `/bad/${count}`, status: 500 }))
  }
  const paths = one!.recent().map(({ path }) => path)
  assert.deepEqual([paths.filter((path) => path.startsWith('/good')).length, paths.filter((path) => path.startsWith('/bad')).length], [5, 20])
  for (let tick = 0; tick < 100; tick++) {
    one!.tick()
    for (let count = 0; count < 5; count++) one!.observe(recordOf({ path: `/tick/${tick}/${count}` }))
  }
  assert.equal(one!.recent().length, 256)
  assert.equal(one!.recent()[0]!.path, '/tick/99/4')
})
