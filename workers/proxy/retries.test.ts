import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { freePort } from '../../scripts/services/free-port.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type OriginPeer, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

let good: ScriptedOrigin
let gateway: EngineUnderTest
let client: RawClient
const started: ScriptedOrigin[] = []

before(async () => {
  good = await startScriptedOrigin(takingBodies((method) => ok(`good ${method}`)))
  gateway = await startEngine({ targets: [good.url] })
  client = await connectRaw(gateway.port)
})

after(async () => {
  client.destroy()
  await gateway.stop()
  await good.stop()
})

afterEach(async () => {
  for (const origin of started.splice(0)) await origin.stop()
  client.destroy()
  client = await connectRaw(gateway.port)
})

/** Answers every request when its body is there whole. */
function takingBodies(answer: (method: string, body: string) => string): (peer: OriginPeer) => void {
  return (peer) => {
    peer.socket.on('data', () => {
      for (let end = peer.received.indexOf('\r\n\r\n'); end !== -1; end = peer.received.indexOf('\r\n\r\n')) {
        const head = peer.received.slice(0, end)
        const length = Number(/Content-Length: (\d+)/.exec(head)?.[1] ?? 0)
        if (peer.received.length < end + 4 + length) return
        const body = peer.received.slice(end + 4, end + 4 + length)
        peer.received = peer.received.slice(end + 4 + length)
        peer.send(answer(head.slice(0, head.indexOf(' ')), body))
      }
    })
  }
}

async function origin(onPeer: (peer: OriginPeer, index: number) => void): Promise<ScriptedOrigin> {
  const one = await startScriptedOrigin(onPeer)
  started.push(one)
  return one
}

/** The budget is state: what a test retries counts for the next one too. */
const GENEROUS = { minPerSecond: 10_000 }
const resetting = (peer: OriginPeer): void => void peer.socket.once('data', () => peer.socket.resetAndDestroy())
/** The first target is always tried first, and nothing is ejected. */
const use = (first: string, retry: object = {}, route: object = {}) => gateway.apply({ targets: [first, good.url], upstream: { loadBalancing: 'FirstAlphabetical', retry: { ...GENEROUS, ...retry }, healthCheck: { passive: { enabled: false } } }, route })
const send = (method: string, body = '') => client.send(`${method} / HTTP/1.1\r\nHost: a\r\n${body === '' ? '' : `Content-Length: ${body.length}\r\n`}\r\n${body}`)
const code = (response: { status: number; headers: Map<string, string>; body: string }) => response.headers.get('x-gateway-error') ?? response.body

test('nothing was written: every method goes to another target', async () => {
  use(`http://127.0.0.1:${await freePort()}`)
  for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
    send(method, 'body')
    assert.equal(code(await client.response()), `good ${method}`)
  }
})

test('a reset before the answer: repeated only for methods that may be', async () => {
  use((await origin(resetting)).url)
  for (const [method, body, wanted] of [['GET', '', 'good GET'], ['PUT', 'x', 'good PUT'], ['DELETE', 'x', 'good DELETE'], ['POST', 'x', 'origin_closed'], ['PATCH', '', 'origin_closed']] as const) {
    send(method, body)
    assert.equal(code(await client.response()), wanted, method)
  }
})

test('nonIdempotent repeats POST too; a route\'s retry goes before the upstream\'s', async () => {
  use((await origin(resetting)).url, { nonIdempotent: true })
  send('POST', 'x')
  assert.equal(code(await client.response()), 'good POST')
  use((await origin(resetting)).url, {}, { retry: { attempts: 0 } })
  send('GET')
  assert.equal(code(await client.response()), 'origin_closed')
})

test('never after a byte of the answer', async () => {
  use((await origin((peer) => void peer.socket.once('data', () => peer.socket.end('HTTP/1.1 2')))).url)
  send('GET')
  assert.equal(code(await client.response()), 'origin_closed')
})

test('a body that still comes is kept and sent again, whole, up to 64 KiB', async () => {
  const bodies: string[] = []
  const keeper = await origin(takingBodies((_method, body) => {
    bodies.push(body)
    return ok('kept')
  }))
  // Takes a part of the body, then resets.
  const failing = await origin((peer) => {
    peer.socket.on('data', () => {
      if (peer.received.length > 20_000) peer.socket.resetAndDestroy()
    })
  })
  gateway.apply({ targets: [failing.url, keeper.url], upstream: { loadBalancing: 'FirstAlphabetical', retry: GENEROUS } })
  const body = 'abcdefghij'.repeat(5_000)
  client.send(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`)
  await failing.peer(0)
  for (let at = 0; at < body.length; at += 5_000) {
    client.send(body.slice(at, at + 5_000))
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal((await client.response()).body, 'kept')
  assert.deepEqual(bodies.map((one) => one === body), [true])
  const large = 'x'.repeat(200_000)
  send('PUT', large)
  const { headers } = await client.response()
  assert.equal(headers.get('x-gateway-error'), 'origin_closed', 'what is longer is not kept')
})

test('attempts: as many more as the configuration says', async () => {
  const closed = await Promise.all([1, 2, 3].map(() => freePort()))
  const upstream = (attempts: number) => ({ loadBalancing: 'FirstAlphabetical', retry: { attempts, minPerSecond: 100 }, healthCheck: { passive: { enabled: false } } })
  for (const [attempts, wanted] of [[2, 'connect_failed'], [3, 'good GET']] as const) {
    gateway.apply({ targets: [...closed.map((port) => `http://127.0.0.1:${port}`), good.url], upstream: upstream(attempts) })
    send('GET')
    assert.equal(code(await client.response()), wanted)
  }
})

test('statuses that count as failed: another target; the last answer goes to the client when nothing is left', async () => {
  const busy = await origin(takingBodies(() => 'HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy'))
  use(busy.url, { statuses: [503] })
  send('GET')
  assert.equal((await client.response()).body, 'good GET')
  send('POST', 'x')
  assert.equal((await client.response()).body, 'busy', 'not for methods that may not be repeated')
  gateway.apply({ targets: [busy.url], upstream: { retry: { ...GENEROUS, statuses: [503] } } })
  send('GET')
  assert.deepEqual([(await client.response()).body, busy.peers.length > 1], ['busy', true])
})

test('the budget: retries beyond it are not made, the first error goes to the client', async () => {
  gateway.apply({
    targets: [],
    upstreams: [{ id: '00000000-0000-7000-8000-000000000300', targets: [{ id: 'a', address: `http://127.0.0.1:${await freePort()}` }, { id: 'b', address: good.url }], loadBalancing: 'FirstAlphabetical', retry: { budgetPercent: 10, minPerSecond: 0 }, healthCheck: { passive: { enabled: false } } }],
    upstream: { enabled: false },
    route: { upstreamId: '00000000-0000-7000-8000-000000000300' }
  })
  let served = 0
  for (let count = 0; count < 40; count++) {
    send('GET')
    if ((await client.response()).status === 200) served++
  }
  assert.ok(served >= 2 && served <= 4, `${served} of 40 were retried`)
})

test('requests behind a repeated one are answered in order', async () => {
  use((await origin(resetting)).url, { budgetPercent: 100 })
  client.send('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPUT /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /3 HTTP/1.1\r\nHost: a\r\n\r\n')
  for (const method of ['GET', 'PUT', 'GET']) assert.equal((await client.response()).body, `good ${method}`)
})

test('a kept connection that lay for more than a second serves no POST', async () => {
  const kept = await origin(answering(ok('kept')))
  gateway.apply({ targets: [kept.url], upstream: { connection: { idleMs: 60_000 } } })
  send('GET')
  await client.response()
  await new Promise((resolve) => setTimeout(resolve, 1_300))
  send('POST')
  await client.response()
  assert.equal(kept.peers.length, 2)
})

test('a connection is not used longer than its own origin said, whatever lies beside it', async () => {
  let index = 0
  const waiting: (() => void)[] = []
  // The second connection may stay for a second only.
  const mixed = await origin((peer) => {
    const number = index++
    peer.socket.on('data', () => {
      peer.received = ''
      waiting.push(() => peer.send(ok(`${number}`, number === 1 ? 'Keep-Alive: timeout=2\r\n' : '')))
      if (index >= 2) for (const go of waiting.splice(0)) go()
    })
  })
  gateway.apply({ targets: [mixed.url], upstream: { connection: { idleMs: 60_000 } } })
  const other = await connectRaw(gateway.port)
  send('GET')
  await mixed.peer(0)
  other.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await Promise.all([client.response(), other.response()])
  await new Promise((resolve) => setTimeout(resolve, 1_300))
  send('GET')
  assert.equal((await client.response()).body, '0')
  other.destroy()
})
