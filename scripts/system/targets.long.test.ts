import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from './support/eventually.ts'
import { startLoad } from './support/load.ts'
import { type Origin, startOrigin } from './support/origin.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

let system: System
let origins: Origin[]
let upstreamId: string

before(async () => {
  ;[system, ...origins] = await Promise.all([startSystem({ nodes: 2, nodeEnv: { POLL_INTERVAL_SECONDS: '300' } }), startOrigin('t1'), startOrigin('t2')])
  const { upstream } = await createExample(system, origins.map(({ url }) => url))
  upstreamId = upstream.id
  await system.api.must('POST', '/listeners', { name: 'other', protocol: 'http', port: system.nodes[1]!.ports.from })
  await system.api.patch(`/upstreams/${upstreamId}`, { loadBalancing: 'WeightedRoundRobin' })
  await publishAndWait(system)
})

after(async () => {
  await system?.stop()
  for (const origin of origins ?? []) await origin.stop()
})

const urlOf = (node: number) => `http://127.0.0.1:${system.nodes[node]!.ports.from}/`
const operate = (verb: string, body: object = {}) => system.api.request('POST', `/targets/${verb}`, { upstreamId, targetId: 't1', ...body })

/** What answers so many requests through a node, each on a connection of its own. */
async function bodies(node: number, count: number): Promise<Record<string, number>> {
  const seen: Record<string, number> = {}
  for (let index = 0; index < count; index++) {
    const response = await fetch(urlOf(node), { headers: { connection: 'close' } })
    const key = response.ok ? await response.text() : String(response.headers.get('x-gateway-error'))
    seen[key] = (seen[key] ?? 0) + 1
  }
  return seen
}

/** Waits until both nodes get answers from these targets alone. */
async function served(...only: string[]): Promise<void> {
  await eventually(`only ${only.join(', ')} on both nodes`, async () => {
    const seen = await Promise.all([bodies(0, 8), bodies(1, 8)])
    return seen.every((one) => Object.keys(one).sort().join() === only.join())
  })
}

/** How long it takes from now on until both nodes act on what people said: hints bring it, since they hardly ever poll. */
async function actedOn(expected: string[]): Promise<number> {
  const begin = performance.now()
  await eventually(`${expected.join()} on both nodes`, async () => {
    const told = await Promise.all(system.nodes.map(async ({ metricsUrl }) => (await (await fetch(`${metricsUrl}/targets`)).json() as any).operated))
    return told.every((operated) => operated.map(({ kind, targetId }: any) => `${kind} ${targetId}`).join() === expected.join())
  })
  return performance.now() - begin
}

test('a target is taken out and put back under load on every node within a second, and no request fails', async (t) => {
  const loads = [0, 1].map((node) => startLoad({ url: urlOf(node), perSecond: 100 }))
  t.after(() => Promise.all(loads.map((load) => load.stop())))
  await served('t1', 't2')
  const { status, body } = await operate('eject', { reason: 'new disks' })
  assert.deepEqual([status, body.kind, body.reason, body.expiresAt], [200, 'ejected', 'new disks', null])
  const outAfter = await actedOn(['ejected t1'])
  await served('t2')
  const { targets } = await system.api.must('GET', `/upstreams/${upstreamId}/health`)
  assert.deepEqual(targets.map(({ targetId, operations }: any) => [targetId, operations.map(({ kind, reason }: any) => [kind, reason])]), [['t1', [['ejected', 'new disks']]], ['t2', []]])
  const load = await system.api.must('GET', `/upstreams/${upstreamId}/load`)
  assert.deepEqual(load.missing, [])
  assert.deepEqual(load.items.map(({ nodeId, targetId, isAvailable }: any) => [nodeId, targetId, isAvailable]).sort(), system.nodes.flatMap((_, index) => [[`node-${index + 1}`, 't1', false], [`node-${index + 1}`, 't2', true]]))
  assert.ok(load.items.every(({ targetId, succeeded, failed, inFlight }: any) => (targetId === 't1' || succeeded > 0) && failed === 0 && inFlight >= 0), JSON.stringify(load.items))
  const explained = await system.api.must('POST', '/config/explain', { url: urlOf(0) })
  assert.deepEqual(explained.action.upstreams[0].targets.map(({ targetId, takenOut, share }: any) => [targetId, takenOut, share]), [['t1', true, 0], ['t2', false, 1]])
  assert.equal((await operate('restore')).status, 204)
  const backAfter = await actedOn([])
  await served('t1', 't2')
  await eventually('enough was asked for', () => loads.every(({ report }) => report.ok > 50))
  for (const load of loads) {
    const report = await load.stop()
    assert.equal(report.failed, 0, report.failures.join('\n'))
  }
  assert.ok(outAfter < 1_000 && backAfter < 1_000, `out after ${outAfter} ms, back after ${backAfter} ms`)
  assert.equal((await operate('restore')).status, 404)
  const { items } = await system.api.must('GET', '/audit?limit=2')
  assert.deepEqual(items.map(({ action, resourceId }: any) => [action, resourceId]), [['targets.restore', `${upstreamId}/t1`], ['targets.eject', `${upstreamId}/t1`]])
})

test('panic does not undo what a person said, and what has an end ends by itself', async () => {
  await operate('eject', { expiresInSeconds: 3 })
  await operate('eject', { targetId: 't2' })
  await eventually('nobody serves', async () => (await bodies(0, 1))['no_available_target'] === 1)
  await eventually('t1 serves again', async () => (await bodies(0, 1))['t1'] === 1)
  assert.deepEqual((await system.api.must('GET', '/targets')).items.map(({ targetId }: any) => targetId), ['t2'])
  await operate('restore', { targetId: 't2' })
  await served('t1', 't2')
})

test('another weight counts at once; a restart without the control plane keeps it', async () => {
  assert.equal((await operate('weight', { weight: 4 })).status, 200)
  await eventually('four of five go to t1', async () => (await bodies(0, 10))['t1'] === 8)
  await operate('eject', { targetId: 't2' })
  await served('t1')
  await system.web.stop()
  const [node] = system.nodes
  assert.ok(node)
  await node.service.stop()
  await node.start()
  assert.deepEqual(await bodies(0, 4), { t1: 4 })
  assert.deepEqual((await (await fetch(`${node.metricsUrl}/targets`)).json() as any).operated.map(({ kind, targetId }: any) => `${kind} ${targetId}`), ['weight t1', 'ejected t2'])
  await system.startWeb()
  await operate('restore', { targetId: 't2' })
  await eventually('four of five go to t1', async () => (await bodies(0, 10))['t1'] === 8)
})
