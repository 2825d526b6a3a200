import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { eventually } from './support/eventually.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

/** An origin that answers its name, and /health as it is told. */
interface Origin {
  server: http.Server
  url: string
  health: number
}

let system: System
let origins: Origin[]

async function startOrigin(name: string): Promise<Origin> {
  const origin: Origin = { server: http.createServer(), url: '', health: 200 }
  origin.server.on('request', (request, response) => {
    if (request.url === '/health') response.writeHead(origin.health)
    response.end(name)
  })
  origin.server.listen(0, '127.0.0.1')
  await once(origin.server, 'listening')
  origin.url = `http://127.0.0.1:${(origin.server.address() as AddressInfo).port}`
  return origin
}

before(async () => {
  origins = await Promise.all(['one', 'two'].map(startOrigin))
  system = await startSystem()
  await system.startJobs()
})

after(async () => {
  await system?.stop()
  for (const { server } of origins) {
    server.closeAllConnections()
    server.close()
  }
})

test('a target that its probes find bad gets no requests on any thread, until they find it good or cannot be made', async () => {
  const { upstream } = await createExample(system, origins.map(({ url }) => url))
  await system.api.patch(`/upstreams/${upstream.id}`, { loadBalancing: 'RoundRobin', healthCheck: { active: { enabled: true, intervalSeconds: 1, timeoutSeconds: 1, unhealthyAfter: 1 } } })
  await publishAndWait(system, 'with probes')
  const node = system.nodes[0]!
  const served = async (): Promise<string> => {
    const names = await Promise.all(Array.from({ length: 8 }, async () => (await fetch(`http://127.0.0.1:${node.ports.from}/`, { headers: { connection: 'close' } })).text()))
    return [...new Set(names)].sort().join()
  }
  const states = async (): Promise<string> => (await system.api.must('GET', `/upstreams/${upstream.id}/health`)).targets.map((target: { state: string }) => target.state).join()
  await eventually('both are found healthy', async () => (await states()) === 'healthy,healthy', 15_000)
  assert.equal(await served(), 'one,two')

  origins[1]!.health = 503
  await eventually('it is found unhealthy', async () => (await states()) === 'healthy,unhealthy', 10_000)
  await eventually('the node sends nothing more to it', async () => (await served()) === 'one', 2_000)
  const { unhealthy, events } = await (await fetch(`${node.metricsUrl}/targets`)).json() as { unhealthy: { targetId: string; reason: string }[]; events: { kind: string; reason: string }[] }
  assert.deepEqual(unhealthy.map(({ targetId, reason }) => [targetId, reason.endsWith('status 503')]), [['t2', true]])
  assert.deepEqual(events.map(({ kind }) => kind), ['target_unhealthy'])

  await node.service.stop()
  await node.start()
  await eventually('a node that starts knows it', async () => (await served()) === 'one', 10_000)

  origins[1]!.health = 200
  await eventually('it serves again', async () => (await served()) === 'one,two', 10_000)

  origins[1]!.health = 503
  await eventually('it is out again', async () => (await served()) === 'one', 10_000)
  await system.jobs!.stop()
  await eventually('what nobody confirms runs out', async () => (await served()) === 'one,two', 10_000)
  assert.match((await system.api.must('GET', `/upstreams/${upstream.id}/health`)).targets[1].reason, /is control-jobs running/)
})
