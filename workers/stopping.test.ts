import assert from 'node:assert/strict'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { waitUntil } from '../scripts/services/wait-until.ts'
import { createNodePlace, isThere, type NodePlace, type NodeProcess, PROJECT } from './testing/data-node-process.ts'
import { type NodeApiServer, startNodeApiServer } from './testing/node-api-server.ts'
import { portState, startLoad } from './testing/steady-load.ts'
import { contentFor, startOrigin, type TestOrigin } from './testing/test-origin.ts'

let origin: TestOrigin
let api: NodeApiServer
let place: NodePlace
let node: NodeProcess

before(async () => {
  origin = await startOrigin('hello')
})

after(() => origin.stop())

beforeEach(async () => {
  api = await startNodeApiServer()
  place = await createNodePlace(api.url)
  api.publish(contentFor(origin, [place.ports.from]))
})

afterEach(async () => {
  await place.clear()
  await api.stop()
})

const url = (path = '/'): string => `http://127.0.0.1:${place.ports.from}${path}`

async function startServing(env: Record<string, string> = {}): Promise<NodeProcess> {
  node = await place.start(env)
  await waitUntil(() => api.acks.length > 0, { ms: 10_000, what: 'the first report' })
  return node
}

test('SIGHUP under kept and new connections: another worker process, not one failure', async () => {
  await startServing()
  const load = startLoad(url(), { fresh: 8, kept: 8 })
  await waitUntil(() => load.report.ok > 200, { ms: 10_000, what: 'the load' })
  for (let round = 0; round < 2; round++) {
    const [before = 0] = node.workers()
    node.signal('SIGHUP')
    await waitUntil(() => !isThere(before) && node.workers().length === 1, { ms: 20_000, what: 'the old worker process to end' })
  }
  const { ok } = load.report
  await waitUntil(() => load.report.ok > ok + 200, { ms: 10_000, what: 'the load to go on' })
  const report = await load.stop()
  assert.deepEqual(report.failures, {})
  assert.equal(await place.metric('gateway_process_restarts_total'), 0)
  await waitUntil(async () => await place.metric('gateway_requests_total') >= report.ok, { ms: 10_000, what: 'the count of all requests, also of the processes before' })
})

test('SIGHUP does not cut a slow request, and what was published since is served by the new process', async () => {
  await startServing()
  const slow = fetch(url('/after/700'))
  node.signal('SIGHUP')
  assert.equal(await (await slow).text(), 'hello')
  await api.publishAndWait(contentFor(origin, [place.ports.from, place.ports.from + 1]))
  assert.equal(await portState(place.ports.from + 1), 'serves')
})

test('SIGHUP loads the code that is on the disk; when that does not start, the old process serves on', async () => {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-copy-'))
  try {
    for (const name of ['workers', 'shared', 'package.json']) fs.cpSync(path.join(PROJECT, name), path.join(copy, name), { recursive: true })
    fs.symlinkSync(path.join(PROJECT, 'node_modules'), path.join(copy, 'node_modules'))
    node = await place.start({ NODE_COMPILE_CACHE: path.join(copy, 'code-cache') }, copy)
    await waitUntil(() => api.acks.length > 0, { ms: 10_000, what: 'the first report' })
    const [old] = node.workers()
    const file = path.join(copy, 'workers/thread.ts')
    const good = fs.readFileSync(file, 'utf8')
    fs.writeFileSync(file, `${good}\nthrow new Error('this version is broken')\n`)
    node.signal('SIGHUP')
    await waitUntil(() => node.says(/the new worker process does not start; the old one serves on/), { ms: 20_000, what: 'the line about it' })
    await waitUntil(() => node.workers().length === 1, { ms: 10_000, what: 'the broken process to end' })
    assert.deepEqual(node.workers(), [old])
    assert.equal(await portState(place.ports.from), 'serves')
    fs.writeFileSync(file, good.replace('const listeners', "log.info('this is the new version')\nconst listeners"))
    node.signal('SIGHUP')
    await waitUntil(() => node.says(/this is the new version/), { ms: 20_000, what: 'the new version' })
    await waitUntil(() => node.workers().length === 1 && node.workers()[0] !== old, { ms: 20_000, what: 'the old process to end' })
    assert.equal(await portState(place.ports.from), 'serves')
  } finally {
    fs.rmSync(copy, { recursive: true, force: true })
  }
})

test('SIGTERM: not ready first, then open requests end, new ones are refused, exit 0', async () => {
  await startServing({ SHUTDOWN_DELAY_SECONDS: '1' })
  node.signal('SIGTERM')
  await waitUntil(async () => (await fetch(`${place.metricsUrl}/readyz`)).status === 503, { ms: 5_000, what: '/readyz to be 503' })
  assert.equal(await portState(place.ports.from), 'serves', 'during the delay it serves')
  const agent = new http.Agent({ keepAlive: true })
  const slow = new Promise<string>((resolve, reject) => {
    http.get(url('/after/2500'), { agent }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => resolve(`${body} ${response.headers.connection ?? ''}`))
    }).on('error', reject)
  })
  await waitUntil(async () => await portState(place.ports.from) === 'ECONNREFUSED', { ms: 10_000, what: 'the port to be closed' })
  assert.equal(await slow, 'hello close')
  assert.equal(await node.exited, 0)
  agent.destroy()
  await waitUntil(() => api.heartbeats.some(({ draining }) => draining), { ms: 1_000, what: 'the heartbeat that says so' })
})

test('SIGTERM cuts what has not ended after DRAIN_SECONDS', async () => {
  await startServing({ DRAIN_SECONDS: '0' })
  const slow = statusOf('/after/5000')
  await waitUntil(async () => await place.metric('gateway_connections') > 0, { ms: 5_000, what: 'the connection' })
  assert.equal(await node.stop(), 0)
  assert.notEqual(await slow, 200)
})

async function statusOf(path: string): Promise<number | string> {
  return fetch(url(path)).then((response) => response.status, (error: Error) => error.message)
}

test('ON_STOP=handover: SIGINT leaves at once, connections are served, the next start takes over', async () => {
  await startServing({ ON_STOP: 'handover' })
  const load = startLoad(url(), { fresh: 6, kept: 6 })
  await waitUntil(() => load.report.ok > 200, { ms: 10_000, what: 'the load' })
  const [left = 0] = node.workers()
  node.signal('SIGINT')
  assert.equal(await node.exited, 0)
  assert.ok(isThere(left))
  node = await place.start({ ON_STOP: 'handover' })
  await waitUntil(() => !isThere(left), { ms: 20_000, what: 'the worker process of before to end' })
  const { ok } = load.report
  await waitUntil(() => load.report.ok > ok + 200, { ms: 10_000, what: 'the load to go on' })
  const report = await load.stop()
  assert.deepEqual(Object.keys(report.failures).filter((failure) => failure.includes('ECONNREFUSED')), [])
  assert.ok(Object.values(report.failures).reduce((sum, count) => sum + count, 0) <= 2, JSON.stringify(report.failures))
  assert.equal(await node.stop(), 0, 'SIGTERM drains')
  assert.equal(await portState(place.ports.from), 'ECONNREFUSED')
})
