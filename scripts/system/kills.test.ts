import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freePortRange } from '../services/free-port.ts'
import { eventually } from './support/eventually.ts'
import { startLoad } from './support/load.ts'
import { type Origin, startOrigin } from './support/origin.ts'
import { type NodeUnderTest, type System, createExample, publishAndWait, startSystem } from './support/system.ts'
import { evaluateInThread } from './support/thread-fault.ts'

let system: System
let node: NodeUnderTest
let origin: Origin
let inspectorPort: number
let url: string

before(async () => {
  // The n-th worker process listens on this port + n.
  inspectorPort = (await freePortRange(20)).from
  ;[system, origin] = await Promise.all([
    startSystem({ nodeEnv: { THREAD_STALL_SECONDS: '2', NODE_OPTIONS: `--inspect-port=${inspectorPort}` } }),
    startOrigin('hello')
  ])
  assert.ok(system.nodes[0])
  node = system.nodes[0]
  url = `http://127.0.0.1:${node.ports.from}/`
  await createExample(system, [origin.url])
  await publishAndWait(system)
})

after(async () => {
  await system?.stop()
  await origin?.stop()
})

const threadsServing = async () => {
  const text = await (await fetch(`${node.metricsUrl}/metrics`)).text()
  return Number(/^gateway_threads\S* (\d+)/m.exec(text)?.[1] ?? -1)
}

test('a thread that ends is replaced; the other one serves on and no new connection is refused', async (t) => {
  const load = startLoad({ url, perSecond: 200, newConnections: 'all' })
  t.after(() => load.stop())
  const pid = await node.workerPid()
  assert.equal(await evaluateInThread(pid, node.service.lines, 0, 'process.exit(1)'), 2)
  await eventually('the thread ended', () => node.service.lines.some((line) => /thread/.test(line) && /replac|ended|exit/.test(line)))
  await eventually('two threads serve again', async () => (await threadsServing()) === 2)
  await eventually('the load goes on', () => load.report.ok > 100)
  const report = await load.stop()
  assert.equal(await node.workerPid(), pid, 'the worker process is the same')
  assert.ok(!report.failures.some((failure) => failure.includes('ECONNREFUSED')), report.failures.join('\n'))
  assert.ok(!report.failures.some((failure) => failure.includes('no answer')), report.failures.join('\n'))
  assert.ok(report.failed <= 40, `only requests that the thread had accepted may fail: ${report.failures.join('\n')}`)
})

test('a thread that blocks is noticed and replaced', async (t) => {
  const pid = await node.workerPid()
  await evaluateInThread(pid, node.service.lines, 0, 'for (;;) {}')
  await eventually('the block is noticed', () => node.service.lines.some((line) => /block|stall/.test(line)), 15_000)
  await eventually('two threads serve again', async () => (await threadsServing()) === 2)
  const load = startLoad({ url, perSecond: 100, newConnections: 'all' })
  t.after(() => load.stop())
  await eventually('100 requests were answered', () => load.report.ok > 100)
  assert.equal((await load.stop()).failed, 0)
})

test('SIGKILL of the worker process: no connection is refused, and it serves again within a second', async (t) => {
  const load = startLoad({ url, perSecond: 300, newConnections: 'all' })
  t.after(() => load.stop())
  await eventually('the load runs', () => load.report.ok > 100)
  const before = await node.workerPid()
  process.kill(before, 'SIGKILL')
  const killedAt = performance.now()
  const okAtKill = load.report.ok
  await eventually('it serves again', () => load.report.ok > okAtKill + 30, 10_000, 5)
  const recoveredInMs = performance.now() - killedAt
  const report = await load.stop()
  assert.notEqual(await node.workerPid(), before)
  assert.ok(!report.failures.some((failure) => failure.includes('ECONNREFUSED')), report.failures.join('\n'))
  assert.ok(!report.failures.some((failure) => failure.includes('no answer')), report.failures.join('\n'))
  assert.ok(report.failed <= 60, `only requests that were accepted may fail: ${report.failures.join('\n')}`)
  assert.ok(recoveredInMs < 10_000)
})

test('SIGHUP replaces the worker process without a failed request', async (t) => {
  const load = startLoad({ url, perSecond: 300 })
  t.after(() => load.stop())
  await eventually('the load runs', () => load.report.ok > 100)
  const before = await node.workerPid()
  node.service.signal('SIGHUP')
  await eventually('a new worker process serves alone', async () => (await node.workerPid()) !== before, 15_000)
  const okThen = load.report.ok
  await eventually('the load goes on', () => load.report.ok > okThen + 200)
  const report = await load.stop()
  assert.equal(report.failed, 0, report.failures.join('\n'))
})
