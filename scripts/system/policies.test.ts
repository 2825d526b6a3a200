import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import http from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { eventually } from './support/eventually.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

let system: System
let origin: http.Server
let often: { id: string }
const LIMIT = 30

before(async () => {
  origin = http.createServer((_request, response) => response.end('in'))
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  system = await startSystem({ nodes: 2 })
  const { route } = await createExample(system, [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`])
  await system.api.must('POST', '/listeners', { name: 'other', protocol: 'http', port: system.nodes[1]!.ports.from })
  often = await system.api.must('POST', '/policies', { name: 'often', rateLimiter: { limit: LIMIT, windowSeconds: 3600, scope: 'fleet', onRedisDown: 'deny' } })
  await system.api.must('POST', '/policies', { name: 'keys', authorization: { apiKey: { header: 'X-Key', keys: [{ name: 'a', hash: createHash('sha256').update('one').digest('hex') }] } } })
  await system.api.patch(`/routes/${route.id}`, { rateLimiterPolicy: 'Often' })
  await system.api.must('POST', '/routes', { name: 'keyed', isGlobal: true, match: { path: { type: 'prefix', value: '/keyed' } }, respond: { status: 200, body: 'keyed' }, authorizationPolicy: 'keys' })
  await publishAndWait(system)
})

after(async () => {
  await system?.stop()
  origin.closeAllConnections()
  origin.close()
})

const ask = (node: number, path: string, headers: Record<string, string> = {}) => fetch(`http://127.0.0.1:${system.nodes[node]!.ports.from}${path}`, { headers })

test('two nodes share a limit, through all their processes and Redis', async () => {
  const statuses = await Promise.all(Array.from({ length: LIMIT * 3 }, async (_, index) => (await ask(index % 2, '/')).status))
  const through = statuses.filter((status) => status === 200).length
  assert.ok(through <= LIMIT && through >= LIMIT - 8, `${through} of ${LIMIT}`)
  assert.deepEqual([...new Set(statuses)].toSorted(), [200, 429])
  const { items, missing } = await system.api.must('GET', `/policies/${often.id}/refusals`)
  assert.deepEqual(missing, [])
  assert.deepEqual([...new Set(items.map(({ nodeId, reason }: { nodeId: string; reason: string }) => `${nodeId} ${reason}`))].toSorted(), ['node-1 rate_limited', 'node-2 rate_limited'])
  assert.equal(items.reduce((sum: number, { count }: { count: number }) => sum + count, 0), statuses.length - through)
})

test('without Redis the policy decides', async () => {
  await system.redis.stop()
  await eventually('requests are refused for want of Redis', async () => (await ask(0, '/')).status === 503, 10_000)
  assert.equal((await ask(1, '/keyed', { 'x-key': 'one' })).status, 200)
})

test('refusals are in the metrics of the node', async () => {
  assert.deepEqual([(await ask(1, '/keyed')).status, (await ask(1, '//Keyed', { 'x-key': 'two' })).status], [401, 401])
  await eventually('the metrics tell', async () => {
    const text = await (await fetch(`${system.nodes[1]!.metricsUrl}/metrics`)).text()
    return /gateway_policy_refusals_total\{policy="keys",reason="unknown_key",mode="enforce"\} 1/.test(text) && /reason="no_key"/.test(text)
  }, 10_000)
})
