import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

const MIRROR = '00000000-0000-7000-8000-000000000200'
let origin: ScriptedOrigin
let shadow: ScriptedOrigin
let gateway: EngineUnderTest
let client: RawClient

before(async () => {
  origin = await startScriptedOrigin((peer) => {
    peer.socket.on('data', () => {
      if (!peer.received.endsWith('\r\n\r\n') && !peer.received.endsWith('end')) return
      peer.received = ''
      peer.send(ok('real'))
    })
  })
})

beforeEach(async () => {
  shadow = await startScriptedOrigin()
  gateway = await startEngine(configuration())
  client = await connectRaw(gateway.port)
})

after(() => origin.stop())

const configuration = (mirror: object = {}, upstream: object = {}) => ({
  targets: [origin.url],
  upstreams: [{ targets: [{ id: 'shadow', address: shadow.url }], ...upstream }],
  route: { mirror: { upstreamId: MIRROR, ...mirror } }
})

async function stop(): Promise<void> {
  client.destroy()
  await gateway.stop()
  await shadow.stop()
}

async function ask(text = 'GET /a?b=1 HTTP/1.1\r\nHost: h\r\nX-A: 1\r\n\r\n'): Promise<string> {
  client.send(text)
  const { status, body } = await client.response()
  return `${status} ${body}`
}

test('a copy goes to the mirror; its answer goes nowhere, and its connection is used again', async () => {
  for (const round of [1, 2, 3]) {
    assert.equal(await ask(), '200 real')
    const peer = await shadow.peer(0)
    await peer.until('the copy is there', ({ received }) => received.endsWith('\r\n\r\n'))
    assert.match(peer.received, /^GET \/a\?b=1 HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\nX-A: 1\r\n/, `round ${round}`)
    peer.received = ''
    peer.send('HTTP/1.1 500 No\r\nContent-Length: 6\r\n\r\nshadow')
    await peer.until('it was read', () => gateway.engine.stats().originConnections === 2)
  }
  assert.equal(shadow.peers.length, 1)
  await stop()
})

test('with its body, in pieces as it came; a long one is not copied', async () => {
  client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nfirst')
  client.send('end')
  assert.equal((await client.response()).body, 'real')
  const peer = await shadow.peer(0)
  await peer.until('the copy is whole', ({ received }) => received.endsWith('\r\n\r\nfirstend'))
  const long = `${'x'.repeat(200_000)}end`
  assert.equal(await ask(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${long.length}\r\n\r\n${long}`), '200 real')
  assert.equal(await ask('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nend\r\n0\r\n\r\n'), '200 real')
  const next = await shadow.peer(1)
  await next.until('the chunked copy is whole', ({ received }) => received.endsWith('\r\n\r\n3\r\nend\r\n0\r\n\r\n'))
  assert.equal(shadow.peers.length, 2)
  await stop()
})

test('a mirror that does not answer, answers nonsense, or is not there, is not noticed', async () => {
  assert.equal(await ask(), '200 real')
  assert.equal(await ask(), '200 real')
  const peer = await shadow.peer(0)
  peer.send('nonsense\r\n\r\n')
  await peer.closed()
  assert.equal(await ask(), '200 real')
  await shadow.stop()
  for (let round = 0; round < 20; round++) assert.equal(await ask(), '200 real')
  assert.equal(gateway.engine.stats().inFlight, 0)
  await stop()
})

test('only the share that is asked for is copied, and a percent of 0 is none', async () => {
  gateway.apply(configuration({ percent: 0 }))
  for (let round = 0; round < 20; round++) await ask()
  assert.equal(shadow.peers.length, 0)
  await stop()
})

test('a request that is cut before it is whole is not copied', async () => {
  client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nfirst')
  while (gateway.engine.stats().inFlight === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  client.socket.resetAndDestroy()
  while (gateway.engine.stats().inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  client = await connectRaw(gateway.port)
  assert.equal(await ask('GET /next HTTP/1.1\r\nHost: h\r\n\r\n'), '200 real')
  const peer = await shadow.peer(0)
  await peer.until('a copy', ({ received }) => received.endsWith('\r\n\r\n'))
  assert.match(peer.received, /^GET \/next /)
  await stop()
})

test('the mirror may be the upstream of another route, and change while it serves', async () => {
  gateway.apply(configuration({}, { connection: { connectTimeoutMs: 100 } }))
  assert.equal(await ask(), '200 real')
  await shadow.peer(0)
  const other = await startScriptedOrigin(answering(ok('shadow')))
  gateway.apply({ ...configuration(), upstreams: [{ targets: [{ id: 'shadow', address: other.url }] }] })
  assert.equal(await ask(), '200 real')
  await other.peer(0)
  await other.stop()
  await stop()
})
