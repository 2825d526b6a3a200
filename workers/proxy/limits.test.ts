import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { PRESSURE, Signals } from '../state/signals.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

let origin: ScriptedOrigin
/** Takes everything and answers nothing. */
let silent: ScriptedOrigin
let gateway: EngineUnderTest
let clients: RawClient[] = []

before(async () => {
  origin = await startScriptedOrigin(answering(ok('fine')))
  silent = await startScriptedOrigin()
  gateway = await startEngine({ targets: [origin.url] })
})

after(async () => {
  await gateway.stop()
  await origin.stop()
  await silent.stop()
})

afterEach(async () => {
  new Signals(gateway.memory.signals).memoryPressure = PRESSURE.none
  for (const client of clients) client.destroy()
  clients = []
  await waitUntil(() => gateway.engine.stats().connections === 0, { ms: 5_000, what: 'the connections to end' })
})

async function connect(): Promise<RawClient> {
  const client = await connectRaw(gateway.port)
  clients.push(client)
  return client
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const use = (limits: object, target = origin) => gateway.apply({ targets: [target.url], listener: { limits } })

for (const [limit, code] of [['maxConnections', 'too_many_connections'], ['maxConnectionsPerClient', 'too_many_client_connections']] as const) {
  test(`${limit}: exactly so many; 503 with Retry-After for one more, and room again when one ends`, async () => {
    use({ [limit]: 2 })
    const [first, second] = [await connect(), await connect()]
    for (const client of [first, second]) {
      client.send(get)
      assert.equal((await client.response()).status, 200)
    }
    const third = await connect()
    const { status, headers } = await third.response()
    assert.deepEqual([status, headers.get('x-gateway-error'), headers.get('retry-after')], [503, code, '1'])
    await third.closed()
    first.destroy()
    await waitUntil(() => gateway.engine.stats().connections === 1, { ms: 5_000, what: 'the first to end' })
    const fourth = await connect()
    fourth.send(get)
    assert.equal((await fourth.response()).status, 200)
    use({})
  })
}

test('requestTimeoutMs: a request whose body is not there in time is 408', async () => {
  use({ requestTimeoutMs: 300 }, silent)
  const client = await connect()
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
  const { status, headers } = await client.response()
  assert.deepEqual([status, headers.get('x-gateway-error')], [408, 'request_body_timeout'])
  await client.closed()
})

test('minBodyBytesPerSecond: a body that drips is 408 after 5 s, one that flows is not', async () => {
  use({ minBodyBytesPerSecond: 100 }, silent)
  const [slow, quick] = [await connect(), await connect()]
  for (const client of [slow, quick]) client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n')
  const timer = setInterval(() => {
    slow.send('x')
    quick.send('x'.repeat(100))
  }, 100)
  const begun = performance.now()
  await slow.until('the answer', ({ received }) => received.includes('408'), 15_000).finally(() => clearInterval(timer))
  const { status } = await slow.response()
  assert.equal(status, 408)
  assert.ok(performance.now() - begun > 4_000)
  assert.equal(quick.received, '')
})

test('short of memory: idle connections end; nearly out of it: 503 for requests and new connections; then all is well again', async () => {
  use({})
  const signals = new Signals(gateway.memory.signals)
  const idle = await connect()
  idle.send(get)
  await idle.response()
  signals.memoryPressure = PRESSURE.high
  await idle.closed()
  signals.memoryPressure = PRESSURE.none
  const kept = await connect()
  kept.send(get)
  await kept.response()
  signals.memoryPressure = PRESSURE.critical
  kept.send(get)
  const fresh = await connect()
  const refused = await fresh.response()
  assert.deepEqual([refused.status, refused.headers.get('x-gateway-error'), refused.headers.get('retry-after')], [503, 'overloaded', '1'])
  signals.memoryPressure = PRESSURE.none
  const later = await connect()
  later.send(get)
  assert.equal((await later.response()).status, 200)
})

test('one record for each request, also refused and aborted ones', async () => {
  use({})
  gateway.records.length = 0
  const client = await connect()
  client.send(get)
  await client.response()
  client.send('GET /a HTTP/1.1\r\nHost: a b\r\n\r\n')
  assert.equal((await client.response()).status, 400)
  await waitUntil(() => gateway.records.length === 2, { ms: 5_000, what: 'both records' })
  const [good, bad] = gateway.records
  assert.deepEqual([good!.status, good!.routeName, good!.targetId, good!.attempts, good!.failureCode], [200, 'all', 't0', 1, ''])
  assert.ok(good!.bytesIn === get.length && good!.bytesOut > 4 && good!.firstByteAt > good!.startedAt)
  assert.deepEqual([bad!.status, bad!.failureCode, bad!.listenerName, bad!.attempts], [400, 'bad_host', 'web', 0])
})
