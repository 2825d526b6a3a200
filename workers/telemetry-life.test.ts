import assert from 'node:assert/strict'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { contentOf } from '../shared/testing/content.ts'
import { waitUntil } from '../scripts/services/wait-until.ts'
import { createNodePlace, isThere, type NodePlace, PROJECT } from './testing/data-node-process.ts'
import { type NodeApiServer, startNodeApiServer } from './testing/node-api-server.ts'
import { startLoad } from './testing/steady-load.ts'
import { startOrigin, type TestOrigin } from './testing/test-origin.ts'

let origin: TestOrigin
let api: NodeApiServer
let place: NodePlace

before(async () => {
  origin = await startOrigin('hello')
})

after(() => origin.stop())

beforeEach(async () => {
  api = await startNodeApiServer()
  place = await createNodePlace(api.url)
  api.publish(contentOf({
    listeners: [{ port: place.ports.from, accessLog: 'full' }],
    upstreams: [{ targets: [{ id: 'a', address: origin.address }] }],
    routes: [{ name: 'everything "below"', match: { path: { type: 'prefix', value: '/here' } } }]
  }))
})

afterEach(async () => {
  await place.clear()
  await api.stop()
})

const url = (at: string): string => `http://127.0.0.1:${place.ports.from}${at}`
const metrics = async (): Promise<string> => await (await fetch(`${place.metricsUrl}/metrics`)).text()

/** The value of one sample, written as it stands in the text. */
async function sample(line: string): Promise<number> {
  return Number((await metrics()).split('\n').find((text) => text.startsWith(`${line} `))?.slice(line.length + 1))
}

/** Of an answer in which every process had its say in time. */
async function total(): Promise<number> {
  let text = ''
  await waitUntil(async () => {
    text = await metrics()
    return text.includes('\ngateway_metrics_incomplete 0\n')
  }, { ms: 20_000, what: 'complete metrics' })
  const counts = [...text.matchAll(/^gateway_http_requests_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count))
  return counts.reduce((sum, count) => sum + count, 0)
}

async function serve(env: Record<string, string> = {}) {
  const node = await place.start(env)
  await waitUntil(() => api.acks.length > 0, { ms: 10_000, what: 'the first report' })
  return node
}

test('requests are counted by route, with their durations, and go on over a reload', async () => {
  const node = await serve()
  for (let count = 0; count < 20; count++) await (await fetch(url('/here'))).text()
  await (await fetch(url('/elsewhere'))).text()
  const served = 'gateway_http_requests_total{tenant="",route="everything \\"below\\"",code="2xx"}'
  const counted = 'gateway_http_request_duration_seconds_count{tenant="",route="everything \\"below\\""}'
  const endless = 'gateway_http_request_duration_seconds_bucket{tenant="",route="everything \\"below\\"",le="+Inf"}'
  await waitUntil(async () => await sample('gateway_http_requests_total{tenant="",route="(none)",code="4xx"}') >= 1, { ms: 2_000, what: 'the thread to count what it has answered' })
  assert.deepEqual([await sample(served), await sample(counted), await sample(endless)], [20, 20, 20])
  assert.equal(await sample('gateway_http_requests_total{tenant="",route="(none)",code="4xx"}'), 1)
  const [old = 0] = node.workers()
  node.signal('SIGHUP')
  await waitUntil(() => !isThere(old) && node.workers().length === 1, { ms: 20_000, what: 'the old worker process to end' })
  await (await fetch(url('/here'))).text()
  await waitUntil(async () => await sample(served) >= 21, { ms: 2_000, what: 'the thread to count what it has answered' })
  assert.deepEqual([await sample(served), await sample(counted)], [21, 21])
  assert.equal(await place.metric('gateway_metrics_incomplete'), 0)
})

/** A client can have its answer a moment before the thread goes on to count it. More than `wanted` is never right. */
async function counted(wanted: number): Promise<void> {
  let now = 0
  await waitUntil(async () => (now = await total()) >= wanted, { ms: 20_000, what: `${wanted} requests to be counted` })
  assert.equal(now, wanted)
}

test('the counts of thousands of routes go on over a reload, and what a process counted that is killed is still shown', async () => {
  const names = Array.from({ length: 2_500 }, (_, index) => `a route with a long name, so that all of them are a long message: ${index}`)
  api.publish(contentOf({
    listeners: [{ port: place.ports.from }],
    upstreams: [{ targets: [{ id: 'a', address: origin.address }] }],
    routes: names.map((name, index) => ({ name, match: { path: { type: 'prefix', value: `/here/${index}` } } }))
  }))
  const node = await serve()
  for (let from = 0; from < names.length; from += 50) {
    await Promise.all(names.slice(from, from + 50).map(async (_, index) => (await fetch(url(`/here/${from + index}`))).text()))
  }
  const served = names.length
  await counted(served)
  const [first = 0] = node.workers()
  node.signal('SIGHUP')
  await waitUntil(() => !isThere(first) && node.workers().length === 1, { ms: 20_000, what: 'the old worker process to end' })
  await counted(served)
  await (await fetch(url('/here/1'))).text()
  await counted(served + 1)
  const [second = 0] = node.workers()
  process.kill(second, 'SIGKILL')
  await waitUntil(() => node.workers().length === 1 && node.workers()[0] !== second, { ms: 20_000, what: 'another worker process' })
  await counted(served + 1)
})

test('an access log that cannot be opened costs lines, not the process', async () => {
  await serve({ ACCESS_LOG: path.join(PROJECT, 'package.json/access.log') })
  const load = startLoad(url('/here'), { fresh: 2, kept: 2 })
  await waitUntil(() => load.report.ok > 1_000, { ms: 10_000, what: 'the load' })
  assert.deepEqual((await load.stop()).failures, {})
  assert.equal(await place.metric('gateway_process_restarts_total'), 0)
})

test('the document has every metric, and no other', async () => {
  await serve()
  await (await fetch(url('/here'))).text()
  const shown = [...(await metrics()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`).sort()
  const text = fs.readFileSync(path.join(PROJECT, 'docs/OBSERVABILITY.md'), 'utf8')
  assert.deepEqual([...text.matchAll(/^\| `(gateway_\w+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`).sort(), shown)
})

test('recent requests are shown', async () => {
  await serve()
  await (await fetch(url('/here/it/is?secret=1'))).text()
  const { requests } = await (await fetch(`${place.metricsUrl}/requests`)).json() as { requests: Record<string, unknown>[] }
  const found = requests.find((request) => request['path'] === '/here/it/is')
  assert.deepEqual([found?.['status'], found?.['route'], found?.['target'], found?.['client']], [200, 'everything "below"', 'a', '127.0.0.1'])
  assert.doesNotMatch(JSON.stringify(requests), /secret/)
})

test('the access log goes to a file, one line of JSON for each request, with the fields that the document names', async () => {
  const file = path.join(path.dirname(place.dataDir), 'logs/access.log')
  await serve({ ACCESS_LOG: file })
  for (let count = 0; count < 50; count++) await (await fetch(url(`/here/${count}`), { headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } })).text()
  const lines = (): string[] => fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '') : []
  await waitUntil(() => lines().length === 50, { ms: 10_000, what: 'all lines' })
  const parsed = lines().map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(new Set(parsed.map((line) => line['path'])).size, 50)
  const text = fs.readFileSync(path.join(PROJECT, 'docs/OBSERVABILITY.md'), 'utf8')
  const section = text.slice(text.indexOf('| field |'), text.indexOf('## Traces'))
  const documented = [...section.matchAll(/`(\w+)`(?=[^|]*\|)/g)].map(([, name]) => name ?? '')
  assert.deepEqual(Object.keys(parsed[0]!).filter((name) => !documented.includes(name)), [])
})

test('a reader of the log that hangs costs lines, not requests', async () => {
  const node = await serve()
  node.blockOutput()
  const load = startLoad(url(`/here/${'x'.repeat(2000)}`), { fresh: 0, kept: 8 })
  await waitUntil(async () => await place.metric('gateway_access_log_dropped_total') > 0, { ms: 60_000, what: 'lines to be dropped' })
  const { ok } = load.report
  await waitUntil(() => load.report.ok > ok + 500, { ms: 10_000, what: 'the load to go on' })
  assert.deepEqual((await load.stop()).failures, {})
})

test('a reader of the metrics that asks again and again and reads nothing holds up neither requests nor other readers', async () => {
  await serve()
  const { hostname, port } = new URL(place.metricsUrl)
  const hangs = net.connect(Number(port), hostname)
  hangs.on('error', () => {}).pause()
  hangs.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(5_000))
  const load = startLoad(url('/here'), { fresh: 0, kept: 8 })
  await waitUntil(() => load.report.ok > 1_000, { ms: 30_000, what: 'the load' })
  assert.ok(await place.metric('gateway_threads') >= 1)
  assert.deepEqual((await load.stop()).failures, {})
  hangs.destroy()
})
