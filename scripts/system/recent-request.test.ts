import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

let system: System
let origin: http.Server

before(async () => {
  origin = http.createServer((_request, response) => response.end('ok'))
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  system = await startSystem({ nodes: 2 })
})

after(async () => {
  await system?.stop()
  origin.closeAllConnections()
  origin.close()
})

test('a request is found by its id on the node that served it, with the reason why it went there', async () => {
  await createExample(system, [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`])
  await publishAndWait(system, 'one route')
  const answer = await fetch(`http://127.0.0.1:${system.nodes[0]!.ports.from}/shop?x=1`, { headers: { 'x-tenant-code': 'acme' } })
  await answer.text()
  const id = answer.headers.get('x-request-id') ?? (await lastRequestId())
  const { nodeId, request, explanation } = await system.api.must('GET', `/requests/${id}`)
  assert.deepEqual([nodeId, request.requestId, request.path, request.tenant, request.route, request.status], ['node-1', id, '/shop', 'acme', 'all', 200])
  const { route, request: seen } = explanation
  assert.deepEqual([route.name, seen.tenantCode, seen.tenantSource, seen.token, seen.port], ['all', 'acme', 'header', 'none', system.nodes[0]!.ports.from])
  const listed = await system.api.must('GET', '/requests?url=/shop&outcome=good')
  assert.deepEqual(listed.items.map((item: { nodeId: string; requestId: string }) => [item.nodeId, item.requestId]), [['node-1', id]])
  assert.deepEqual(listed.missing, [])
  assert.deepEqual((await system.api.must('GET', '/requests?outcome=failed')).items, [])
  const { status } = await system.api.request('GET', '/requests/nobody-knows-this')
  assert.equal(status, 404)
})

async function lastRequestId(): Promise<string> {
  const { requests } = await (await fetch(`${system.nodes[0]!.metricsUrl}/requests`)).json() as { requests: { requestId: string }[] }
  return requests[0]!.requestId
}
