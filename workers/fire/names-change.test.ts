import assert from 'node:assert/strict'
import { promises as dns } from 'node:dns'
import { once } from 'node:events'
import http from 'node:http'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { freePort } from '../../scripts/services/free-port.ts'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { ask, startOpenLoad } from '../testing/open-load.ts'

const BEFORE = '127.0.1.1'
const BEHIND = '127.0.1.2'
const TTL_SECONDS = 1
/** Ten times TTL + 5 s would be a minute; a quarter of that tells as much. */
const DEADLINE_MS = 15_000

/** What the names of the test stand for; a name that is not there is unknown, 'never' is not answered. */
const known = new Map<string, string>()
/** Requests that each address had. */
const served = new Map<string, number>()
let origins: http.Server[]
let port: number
let gateway: EngineUnderTest

beforeEach(async () => {
  known.clear()
  served.clear()
  port = await freePort()
  origins = await Promise.all([BEFORE, BEHIND].map(startOrigin))
  // The machine's own name service cannot be told anything without being root.
  mock.method(dns, 'lookup', async (name: string) => [{ address: await addressOf(name), family: 4 }])
  mock.method(dns.Resolver.prototype, 'resolve4', async (name: string) => [{ address: await addressOf(name), ttl: TTL_SECONDS }])
  mock.method(dns.Resolver.prototype, 'resolve6', async () => {
    throw new Error('ENODATA')
  })
})

afterEach(async () => {
  mock.restoreAll()
  await gateway.stop()
  for (const origin of origins) {
    origin.close()
    origin.closeAllConnections()
  }
})

async function addressOf(name: string): Promise<string> {
  const address = known.get(name)
  if (address === 'never') return new Promise(() => {})
  if (address === undefined) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' })
  return address
}

async function startOrigin(address: string): Promise<http.Server> {
  const server = http.createServer((_request, response) => {
    served.set(address, (served.get(address) ?? 0) + 1)
    response.end()
  })
  server.listen(port, address)
  await once(server, 'listening')
  return server
}

const target = (name: string) => `http://${name}:${port}`
const send = (path: string) => ask(`http://127.0.0.1:${gateway.port}${path}`, false, DEADLINE_MS)

/** Under load, the name gets another address; resolves when the old one has no more requests. */
async function move(name: string): Promise<void> {
  const load = startOpenLoad(`http://127.0.0.1:${gateway.port}/`, 20)
  await waitUntil(() => (served.get(BEFORE) ?? 0) > 5, { ms: DEADLINE_MS, what: 'requests at the first address' })
  known.set(name, BEHIND)
  try {
    await waitUntil(() => (served.get(BEHIND) ?? 0) > 5, { ms: DEADLINE_MS, what: 'requests at the new address' })
    const old = served.get(BEFORE)
    const { counts } = await load.stop()
    assert.equal(served.get(BEFORE), old, 'none at the old one')
    assert.deepEqual(Object.keys(counts), ['200'])
  } finally {
    await load.stop()
  }
}

test('a target whose name changes its address gets its requests at the new one, also under steady load', async () => {
  known.set('moves.test', BEFORE)
  gateway = await startEngine({ targets: [target('moves.test')] })
  await move('moves.test')
})

test('a name that is no longer known keeps its last addresses', async () => {
  known.set('vanishes.test', BEFORE)
  gateway = await startEngine({ targets: [target('vanishes.test')], upstream: { connection: { idleMs: 1 } } })
  assert.equal(await send('/'), '200')
  known.delete('vanishes.test')
  const lookUps = (dns.lookup as unknown as { mock: { callCount(): number } }).mock
  const before = lookUps.callCount()
  await waitUntil(() => lookUps.callCount() > before, { ms: DEADLINE_MS, what: 'another look-up' })
  assert.equal(await send('/'), '200')
})

const OTHER = '00000000-0000-7000-8000-000000000200'

test('a name that nobody knows is 502 at once; other routes are served', async () => {
  known.set('steady.test', BEFORE)
  gateway = await startEngine({
    targets: [target('steady.test')],
    upstreams: [{ targets: [{ id: 'x', address: target('unknown.test') }] }],
    routes: [{ match: { path: { type: 'prefix', value: '/unknown' } }, upstreamId: OTHER }]
  })
  assert.equal(await send('/unknown'), '502 name_not_resolved')
  assert.equal(await send('/'), '200')
})

test('names that are not answered hold no other name up', async () => {
  const slow = ['a.test', 'b.test', 'c.test', 'd.test']
  for (const name of slow) known.set(name, 'never')
  known.set('moves.test', BEFORE)
  gateway = await startEngine({
    targets: [target('moves.test')],
    upstreams: [{ targets: slow.map((name) => ({ id: name, address: target(name) })), connection: { connectTimeoutMs: 300 } }],
    routes: [{ match: { path: { type: 'prefix', value: '/slow' } }, upstreamId: OTHER }]
  })
  assert.equal(await send('/slow'), '502 name_not_resolved')
  await move('moves.test')
})
