import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterEach, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { type EngineUnderTest, startEngine, type TestConfiguration } from '../testing/engine-under-test.ts'
import { connectRaw } from '../testing/raw-client.ts'
import { ok, type OriginPeer, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

let origin: ScriptedOrigin
let gateway: EngineUnderTest

async function start(onPeer?: (peer: OriginPeer, index: number) => void, configuration: Partial<TestConfiguration> = {}) {
  origin = await startScriptedOrigin(onPeer)
  gateway = await startEngine({ targets: [origin.url], ...configuration })
  return connectRaw(gateway.port)
}

afterEach(async () => {
  await gateway.stop()
  await origin.stop()
})

test('a body with Content-Length goes through, whole or in pieces', async () => {
  const client = await start()
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234')
  const peer = await origin.peer(0)
  await peer.until('the first half', () => peer.received.endsWith('01234'))
  client.send('56789')
  await peer.until('the second half', () => peer.received.endsWith('0123456789'))
  assert.match(peer.received, /\r\nContent-Length: 10\r\n/)
  peer.send(ok('done'))
  assert.equal((await client.response()).body, 'done')
  client.destroy()
})

test('a chunked request body is written anew, with its trailer, and the next request is found behind it', async () => {
  const client = await start()
  const text = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n'
  for (const size of [1, 4, 33, text.length]) {
    for (let at = 0; at < text.length; at += size) {
      client.send(text.slice(at, at + size))
      await new Promise((resolve) => setImmediate(resolve))
    }
    const peer = await origin.peer(0)
    await peer.until('the trailer', () => peer.received.endsWith('\r\n0\r\nX-Sum: 1\r\n\r\n'))
    const body = peer.received.slice(peer.received.indexOf('\r\n\r\n') + 4)
    assert.equal(body.replace(/^[0-9a-f]+\r\n(.*?)\r\n(?=[0-9a-f])/gms, '$1').replace(/\r\n$/, ''), 'hello world0\r\nX-Sum: 1\r\n')
    peer.received = ''
    peer.send(ok('first'))
    assert.equal((await client.response()).body, 'first')
    await peer.until('the next request', () => peer.received.startsWith('GET /next '))
    peer.received = ''
    peer.send(ok('second'))
    assert.equal((await client.response()).body, 'second')
  }
  client.destroy()
})

test('a malformed chunk is 400 and closes both sides', async () => {
  const client = await start()
  client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
  const peer = await origin.peer(0)
  await peer.until('the first chunk', () => peer.received.includes('hello'))
  client.send('zz\r\n')
  assert.equal((await client.response()).status, 400)
  await peer.closed()
  await client.closed()
})

test('Expect: 100-continue is answered by the gateway', async () => {
  const client = await start()
  client.send('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n')
  await client.until('100 Continue', () => client.received === 'HTTP/1.1 100 Continue\r\n\r\n')
  client.received = ''
  client.send('hello')
  const peer = await origin.peer(0)
  await peer.until('the body', () => peer.received.endsWith('hello'))
  assert.doesNotMatch(peer.received, /expect/i)
  peer.send(ok('done'))
  assert.equal((await client.response()).body, 'done')
  client.destroy()
})

test('an early answer reaches the client although the body still comes', async () => {
  const client = await start((peer) => {
    peer.socket.once('data', () => peer.send('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'))
  })
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nsome')
  const response = await client.response()
  assert.deepEqual([response.status, response.body, response.headers.get('connection')], [403, 'no', 'close'])
  client.send('x'.repeat(1000))
  await client.until('the gateway ends it', () => client.hasEnded)
  client.destroy()
})

test('413: by Content-Length before anything is forwarded, by count for chunks; a route may allow more', async () => {
  const client = await start(undefined, { listener: { limits: { maxRequestBodyBytes: 10 } } })
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n')
  assert.equal((await client.response()).status, 413)
  assert.equal(origin.peers.length, 0)
  const second = await connectRaw(gateway.port)
  second.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
  await (await origin.peer(0)).until('the first chunk', (peer) => peer.received.includes('hello'))
  second.send('6\r\nworld!\r\n0\r\n\r\n')
  assert.equal((await second.response()).status, 413)
  await second.closed()
  gateway.apply({ targets: [origin.url], listener: { limits: { maxRequestBodyBytes: 10 } }, route: { maxRequestBodyBytes: 20 } })
  const third = await connectRaw(gateway.port)
  third.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\n\r\n012345678901234')
  const peer = await origin.peer(1)
  peer.send(ok('taken'))
  assert.equal((await third.response()).body, 'taken')
  for (const one of [client, second, third]) one.destroy()
})

test('a client that goes away mid-upload aborts the request to the origin', async () => {
  const client = await start()
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nsome')
  const peer = await origin.peer(0)
  await peer.until('the first part', () => peer.received.endsWith('some'))
  client.destroy()
  await peer.closed()
})

test('a client that goes away mid-download aborts the request to the origin', async () => {
  const client = await start()
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const peer = await origin.peer(0)
  peer.send('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nsome')
  await client.until('the first part', () => client.received.endsWith('some'))
  client.socket.resetAndDestroy()
  await peer.closed()
})

/** A node:http origin on the other side of a gateway: node's own parser checks all that it gets. */
async function startHttpOrigin(handler: http.RequestListener): Promise<{ url: string; stop(): Promise<void> }> {
  const server = http.createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

test('four slow downloads at once arrive as they were sent, byte for byte', async () => {
  const bytes = randomBytes(12 * 1024 * 1024)
  const expected = createHash('sha1').update(bytes).digest('hex')
  const server = await startHttpOrigin((request, response) => {
    if (request.url?.startsWith('/length')) response.setHeader('content-length', bytes.length)
    response.end(bytes)
  })
  await start(undefined, { targets: [server.url] }).then((client) => client.destroy())
  const download = async (path: string) => {
    const request = http.get({ port: gateway.port, host: '127.0.0.1', path, agent: false })
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    const hash = createHash('sha1')
    let count = 0
    for await (const chunk of response as AsyncIterable<Buffer>) {
      hash.update(chunk)
      if (++count % 8 === 0) await delay(5)
    }
    return hash.digest('hex')
  }
  const hashes = await Promise.all(['/length/1', '/chunked/1', '/length/2', '/chunked/2'].map(download))
  assert.deepEqual(hashes, [expected, expected, expected, expected])
  await server.stop()
})

test('four uploads at once to a slow origin arrive as they were sent', async () => {
  const bytes = randomBytes(8 * 1024 * 1024)
  const expected = createHash('sha1').update(bytes).digest('hex')
  const server = await startHttpOrigin(async (request, response) => {
    const hash = createHash('sha1')
    let count = 0
    for await (const chunk of request as AsyncIterable<Buffer>) {
      hash.update(chunk)
      if (++count % 8 === 0) await delay(5)
    }
    response.end(hash.digest('hex'))
  })
  await start(undefined, { targets: [server.url] }).then((client) => client.destroy())
  const upload = async (chunked: boolean) => {
    const headers = chunked ? {} : { 'content-length': bytes.length }
    const request = http.request({ port: gateway.port, host: '127.0.0.1', method: 'POST', headers, agent: false })
    for (let at = 0; at < bytes.length; at += 100_000) if (!request.write(bytes.subarray(at, at + 100_000))) await once(request, 'drain')
    request.end()
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    return (await response.toArray()).join('')
  }
  assert.deepEqual(await Promise.all([upload(true), upload(false), upload(true), upload(false)]), [expected, expected, expected, expected])
  await server.stop()
})

test('a slow reader of a large body holds the origin back instead of filling memory', async () => {
  const client = await start()
  client.socket.pause()
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const peer = await origin.peer(0)
  const total = 64 * 1024 * 1024
  peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`)
  const piece = Buffer.alloc(1024 * 1024, 'x')
  const before = process.memoryUsage().rss
  let sent = 0
  /** False when the gateway takes no more for a while. */
  const sendPiece = async (): Promise<boolean> => {
    sent += piece.length
    return peer.socket.write(piece) || Promise.race([once(peer.socket, 'drain').then(() => true), delay(500, false)])
  }
  while (sent < total && (await sendPiece()));
  assert.ok(sent < total, `the origin is held back after ${sent} bytes`)
  let received = 0
  client.socket.removeAllListeners('data')
  client.socket.on('data', (data) => (received += data.length))
  client.socket.resume()
  while (sent < total) await sendPiece()
  await waitUntil(() => received >= total, { ms: 20_000, what: 'the whole body' })
  assert.ok(process.memoryUsage().rss - before < 48 * 1024 * 1024, 'memory stays flat')
  client.destroy()
})
