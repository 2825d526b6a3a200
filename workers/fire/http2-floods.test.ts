import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import type { Credential } from '../credential.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { floodHttp2, HTTP2_FLOODS } from '../testing/http2-floods.ts'
import { DATA, END_HEADERS, END_STREAM, frame, HEADERS, literals } from '../testing/http2-frames.ts'
import { makeAuthority, makeCredential, type TestAuthority } from '../testing/make-certificate.ts'
import { connectRawHttp2 } from '../testing/raw-http2-client.ts'

// Promise 23: a client that sends frames which only cost work is cut off within a second, also when it does not read, and
// nobody else notices.

const ID = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

let authority: TestAuthority
let credential: Credential
let origin: Server
let gateway: EngineUnderTest

before(async () => {
  authority = await makeAuthority()
  credential = await makeCredential(ID(500), ['a.test'], authority)
  origin = createServer((request, response) => void request.resume().on('end', () => response.end('ok')))
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  gateway = await startEngine({ targets: [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`], listener: { protocol: 'https', tlsPolicyId: ID(400) }, tlsPolicies: [{ certificateIds: [credential.id] }] })
  gateway.engine.useCredentials({ certificates: [credential], fleetKey: null })
})

after(async () => {
  await gateway.stop()
  origin.closeAllConnections()
  origin.close()
})

const secure = { servername: 'a.test', host: '127.0.0.1', ALPNProtocols: ['h2'], checkServerIdentity: () => undefined }

test('every flood ends with a closed connection, whether the client reads or not; honest clients go on', async () => {
  const session = http2.connect(`https://127.0.0.1:${gateway.port}`, { ...secure, ca: authority.pem })
  session.on('error', () => {})
  const good = async (): Promise<number | undefined> => {
    const stream = session.request({ ':authority': 'a.test' })
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader]
    stream.resume()
    return headers[':status']
  }
  for (const [name, make] of Object.entries(HTTP2_FLOODS)) {
    const flood = make()
    for (const reads of [true, false]) {
      const [lived, status] = await Promise.all([floodHttp2({ port: gateway.port, ca: authority.pem }, flood, reads), good()])
      // Ten times the promise.
      assert.ok(lived < 9_000, `${name}, ${reads ? 'read' : 'not read'}: open for ${Math.round(lived)} ms`)
      assert.equal(status, 200)
    }
  }
  // Two floods of resets, of 5,000 requests at once each: nearly all of them cost nothing.
  const { requests } = gateway.engine.stats()
  assert.ok(requests < 1_000, `${requests} requests were served`)
  session.close()
  for (const end = Date.now() + 5_000; gateway.engine.stats().connections > 0;) {
    assert.ok(Date.now() < end, 'connections are left')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})

test('an honest client that downloads much, or asks for much, is never taken for one', async () => {
  const data = Buffer.alloc(50_000_000, 1)
  const large = createServer((_request, response) => response.end(data))
  large.listen(0, '127.0.0.1')
  await once(large, 'listening')
  gateway.apply({ targets: [`http://127.0.0.1:${(large.address() as AddressInfo).port}`], listener: { protocol: 'https', tlsPolicyId: ID(400) }, tlsPolicies: [{ certificateIds: [credential.id] }] })
  const session = http2.connect(`https://127.0.0.1:${gateway.port}`, { ...secure, ca: authority.pem })
  let bytes = 0
  await Promise.all(Array.from({ length: 3 }, async () => {
    const stream = session.request({ ':authority': 'a.test', cookie: 'x'.repeat(4_000) })
    stream.on('data', (piece: Buffer) => (bytes += piece.length))
    await once(stream, 'end')
  }))
  assert.equal(bytes, 3 * data.length)
  session.close()
  large.close()
})

test('nor one that sends many bodies at once to an origin that is slow to read, or to a gateway that wants none of them', async () => {
  const slow = createServer((request, response) => {
    let bytes = 0
    setTimeout(() => request.on('data', (data: Buffer) => (bytes += data.length)).on('end', () => response.end(String(bytes))), 700)
  })
  slow.listen(0, '127.0.0.1')
  await once(slow, 'listening')
  gateway.apply({ targets: [`http://127.0.0.1:${(slow.address() as AddressInfo).port}`], listener: { protocol: 'https', tlsPolicyId: ID(400) }, route: { match: { path: { type: 'prefix', value: '/slow' } } }, tlsPolicies: [{ certificateIds: [credential.id] }] })
  const session = http2.connect(`https://127.0.0.1:${gateway.port}`, { ...secure, ca: authority.pem })
  const send = async (path: string): Promise<string> => {
    const stream = session.request({ ':authority': 'a.test', ':method': 'POST', ':path': path })
    stream.on('error', () => {})
    stream.end(Buffer.alloc(200_000, 1))
    const [headers] = (await once(stream, 'response', { signal: AbortSignal.timeout(20_000) })) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader]
    const answer = (await stream.toArray().catch(() => [])) as Buffer[]
    return path === '/slow' ? Buffer.concat(answer).toString() : String(headers[':status'])
  }
  await once(session, 'remoteSettings')
  // The first refusals wait for nothing: everything else is on its way by then.
  for (const [path, answer] of [['/slow', '200000'], ['/nowhere', '404']] as const) {
    assert.deepEqual(new Set(await Promise.all(Array.from({ length: 50 }, () => send(path)))), new Set([answer]))
  }
  assert.equal(session.destroyed || session.closed, false)
  assert.equal(await send('/slow'), '200000')
  session.close()
  slow.closeAllConnections()
  slow.close()
})

test('nor one whose heads are too long: it is told so, and goes on', async () => {
  gateway.apply({ targets: [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`], listener: { protocol: 'https', tlsPolicyId: ID(400) }, tlsPolicies: [{ certificateIds: [credential.id] }] })
  const session = http2.connect(`https://127.0.0.1:${gateway.port}`, { ...secure, ca: authority.pem })
  const statusOf = async (value: string): Promise<number | undefined> => {
    const stream = session.request({ ':authority': 'a.test', 'x-long': value }).resume()
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader]
    return headers[':status']
  }
  // Characters that Huffman's code does not shorten.
  assert.deepEqual(new Set(await Promise.all(Array.from({ length: 10 }, () => statusOf('~'.repeat(33_000))))), new Set([431]))
  await new Promise((resolve) => setTimeout(resolve, 800))
  assert.equal(await statusOf('short'), 200)
  session.close()
})

test('nor one whose body comes in many small pieces, or trickles byte by byte', async () => {
  gateway.apply({ targets: [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`], listener: { protocol: 'https', tlsPolicyId: ID(400) }, tlsPolicies: [{ certificateIds: [credential.id] }] })
  const client = await connectRawHttp2({ port: gateway.port, ca: authority.pem })
  const head = literals([[':method', 'POST'], [':scheme', 'https'], [':authority', 'a.test'], [':path', '/']])
  client.send(frame(HEADERS, END_HEADERS, 1, head), frame(HEADERS, END_HEADERS, 3, head))
  // Empty messages of gRPC are the smallest there are.
  const messages = Buffer.concat(Array.from({ length: 100 }, () => frame(DATA, 0, 1, Buffer.alloc(5))))
  for (let turn = 0; turn < 100; turn++) {
    for (let times = 0; times < 4; times++) client.send(messages)
    client.send(frame(DATA, 0, 3, Buffer.from('a')))
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  client.send(frame(DATA, END_STREAM, 1), frame(DATA, END_STREAM, 3))
  assert.deepEqual([await client.outcome(1), await client.outcome(3)], ['200', '200'])
  client.destroy()
})
