import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createSecureServer, createServer, type Http2SecureServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { ask, connectRaw } from '../testing/raw-client.ts'
import { ReadBuffers } from '../http1/read-buffer.ts'
import type { OriginUser } from '../upstreams/origin.ts'
import { Http2Dialer } from '../upstreams/http2/http2-dialer.ts'
import { pem } from '../testing/seal-certificate.ts'

const SECURE = { cert: pem('origin.pem'), key: pem('origin.key') }
const TLS = { caPem: pem('ca.pem'), serverName: 'origin.test' }

type Play = (stream: ServerHttp2Stream, raw: string[]) => void

let server: Http2Server | Http2SecureServer
const servers: (Http2Server | Http2SecureServer)[] = []
let sessions: Set<ServerHttp2Session>
let opened: number
let gateway: EngineUnderTest
let play: Play
let address: string

function serve(made: Http2Server | Http2SecureServer): Promise<unknown> {
  server = made
  servers.push(made)
  made.on('session', (session) => {
    opened++
    sessions.add(session)
    session.on('error', () => {})
    session.on('close', () => sessions.delete(session))
  })
  made.on('stream', (stream, _headers, _flags, raw) => {
    stream.on('error', () => {})
    play(stream, raw)
  })
  made.listen(0, '127.0.0.1')
  return once(made, 'listening')
}

beforeEach(async () => {
  sessions = new Set()
  opened = 0
  play = (stream) => {
    stream.respond({ ':status': 200 })
    stream.end('h2')
  }
  await serve(createServer())
  address = `h2c://127.0.0.1:${(server.address() as AddressInfo).port}`
  gateway = await startEngine({ targets: [address] })
})

afterEach(async () => {
  await gateway.stop()
  for (const session of sessions) session.destroy()
  for (const one of servers.splice(0)) one.close()
})

const get = (path: string, ...fields: string[]) => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
const bodyOf = async (stream: ServerHttp2Stream): Promise<Buffer> => Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>))

test('the origin gets what HTTP/1.1 origins get, in the form of HTTP/2', async () => {
  let got: string[] = []
  play = (stream, raw) => {
    got = raw
    stream.respond([':status', '201', 'x-a', '1', 'set-cookie', 'a=1', 'set-cookie', 'b=2', 'content-length', '2'])
    stream.end('ok')
  }
  const { status, headers, body } = await ask(gateway.port, get('/x/../y?q=1', 'X-Thing:  Ü', 'X-Name: voilÃ\xa0', 'Cookie: a=b', 'Connection: x-drop', 'X-Drop: 1', 'TE: trailers'))
  assert.deepEqual([status, headers.get('x-a'), headers.get('set-cookie'), headers.get('content-length'), headers.get('transfer-encoding'), body], [201, '1', 'a=1, b=2', '2', undefined, 'ok'])
  const id = got[got.indexOf('x-request-id') + 1]!
  assert.deepEqual(got, [
    ':method', 'GET', ':scheme', 'http', ':authority', `127.0.0.1:${address.split(':').at(-1)}`, ':path', '/y?q=1',
    'x-thing', 'Ü', 'x-name', 'voilÃ\xa0', 'cookie', 'a=b', 'x-forwarded-for', '127.0.0.1', 'x-forwarded-proto', 'http', 'x-forwarded-host', 'a.test', 'x-request-id', id, 'te', 'trailers'
  ])
})

test('a field that comes twice goes on twice, also among trailers', async () => {
  let got: string[] = []
  let trailers: string[] = []
  play = (stream, raw) => {
    got = raw
    stream.on('trailers', (_headers, _flags, late) => (trailers = late))
    stream.resume()
    stream.on('end', () => stream.respond({ ':status': 200 }, { endStream: true }))
  }
  const client = await connectRaw(gateway.port)
  client.send('POST / HTTP/1.1\r\nHost: a\r\nUser-Agent: a\r\nUser-Agent: b\r\nIf-None-Match: "a"\r\nIf-None-Match: "b"\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nETag: 1\r\nETag: 2\r\n__proto__: 3\r\n\r\n')
  assert.equal((await client.response()).status, 200)
  assert.deepEqual(got.slice(8, 16), ['user-agent', 'a', 'user-agent', 'b', 'if-none-match', '"a"', 'if-none-match', '"b"'])
  assert.deepEqual(trailers, ['etag', '1', 'etag', '2', '__proto__', '3'])
  client.destroy()
})

test('a request that Node does not send ends alone, once it is written', async () => {
  const dialer = new Http2Dialer({ buffers: new ReadBuffers(), sockets: { open() {}, close() {} } as never, tls: null, clock: () => 0, idleMs: 0 })
  const heard: string[] = []
  const closed = Promise.withResolvers<void>()
  const user: OriginUser = {
    onOriginConnect() {
      stream.write('GET / HTTP/1.1\r\nHost: a\r\nKeep-Alive: 5\r\n\r\n')
      heard.push('written')
    },
    onOriginData: () => true,
    onOriginEnd() {},
    onOriginClose(error) {
      heard.push(error)
      closed.resolve()
    },
    onOriginDrain() {},
    onDefect: (error) => closed.reject(error as Error)
  }
  const stream = dialer.dial('127.0.0.1', Number(address.split(':').at(-1)), user, false)
  await closed.promise
  assert.deepEqual(heard, ['written', 'HTTP2_REQUEST_NOT_SENDABLE'])
  dialer.retire()
})

test('bodies of every framing go both ways whole', async () => {
  const data = randomBytes(3_000_000)
  const digest = createHash('sha256').update(data).digest('hex')
  play = (stream, raw) => void bodyOf(stream).then((body) => {
    assert.equal(createHash('sha256').update(body).digest('hex'), digest)
    assert.equal(raw.includes('transfer-encoding'), false)
    stream.respond({ ':status': 200, ...(raw.includes('content-length') ? { 'content-length': body.length } : {}) })
    stream.end(body)
  })
  for (const headers of [{ 'content-length': data.length }, { 'transfer-encoding': 'chunked' }]) {
    const response = await new Promise<Buffer>((resolve, reject) => {
      const sent = request({ port: gateway.port, method: 'POST', headers }, (answer) => void Array.fromAsync(answer as AsyncIterable<Buffer>).then((pieces) => resolve(Buffer.concat(pieces)), reject))
      sent.on('error', reject)
      for (let at = 0; at < data.length; at += 100_000) sent.write(data.subarray(at, at + 100_000))
      sent.end()
    })
    assert.equal(createHash('sha256').update(response).digest('hex'), digest)
  }
})

test('no body where there is none: HEAD, 204, 304, an empty answer', async () => {
  play = (stream, raw) => {
    const status = Number(raw[raw.indexOf(':path') + 1]!.slice(1))
    stream.respond({ ':status': status, ...(raw[1] === 'HEAD' ? { 'content-length': 10 } : {}) }, { endStream: true })
  }
  assert.deepEqual([...(await ask(gateway.port, get('/200'))).headers].filter(([name]) => name.startsWith('content-l')), [['content-length', '0']])
  assert.equal((await ask(gateway.port, get('/200').replace('GET', 'HEAD'))).headers.get('content-length'), '10')
  for (const status of [204, 304]) {
    const answer = await ask(gateway.port, get(`/${status}`))
    assert.deepEqual([answer.status, answer.headers.has('content-length'), answer.headers.has('transfer-encoding')], [status, false, false])
  }
})

test('trailers go both ways, and interim responses to the client', async () => {
  let trailers: string[] = []
  play = (stream) => {
    stream.on('trailers', (_headers, _flags, raw) => (trailers = raw))
    stream.resume()
    stream.on('end', () => {
      stream.additionalHeaders({ ':status': 103, link: '</a.css>' })
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.end('body')
    })
  }
  const client = await connectRaw(gateway.port)
  client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 6\r\n\r\n')
  await client.until('the end', ({ received }) => received.endsWith('\r\n\r\n') && received.includes('\r\n0\r\n'))
  assert.match(client.received, /^HTTP\/1\.1 103 \r\nlink: <\/a\.css>\r\n\r\nHTTP\/1\.1 200 [^]*\r\n4\r\nbody\r\n0\r\ngrpc-status: 0\r\n\r\n$/)
  assert.deepEqual(trailers, ['x-sum', '6'])
  client.destroy()
})

test('an answer whose trailers are longer than they may be is cut', async () => {
  for (const [bytes, isWhole] of [[16_000, true], [17_000, false]] as const) {
    play = (stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': 'a'.repeat(bytes) }))
      stream.end('body')
    }
    const answer = await ask(gateway.port, get('/'))
    assert.deepEqual([answer.body, answer.isWhole], ['body', isWhole])
  }
})

test('many requests at a time share one connection, which ends when it lay idle', async () => {
  gateway.apply({ targets: [address], upstream: { connection: { idleMs: 300 } } })
  const waiting: ServerHttp2Stream[] = []
  play = (stream) => {
    if (waiting.push(stream) < 20) return
    for (const one of waiting) one.respond({ ':status': 200 }, { endStream: true })
  }
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(gateway.port, get(`/${index}`))))
  assert.ok(answers.every(({ status }) => status === 200))
  assert.equal(opened, 1)
  const [session] = sessions
  await once(session!, 'close')
})

test('more than the origin takes at a time get another connection', async () => {
  await serve(createServer({ settings: { maxConcurrentStreams: 2 } }))
  gateway.apply({ targets: [`h2c://127.0.0.1:${(server.address() as AddressInfo).port}`] })
  await ask(gateway.port, get('/first'))
  const waiting: ServerHttp2Stream[] = []
  play = (stream) => {
    if (waiting.push(stream) < 5) return
    for (const one of waiting) one.respond({ ':status': 200 }, { endStream: true })
  }
  const answers = await Promise.all(Array.from({ length: 5 }, (_, index) => ask(gateway.port, get(`/${index}`))))
  assert.ok(answers.every(({ status }) => status === 200))
  assert.equal(opened, 3)
})

test('a stream that the origin did not look at is sent again, whatever its method', async () => {
  let refusals = 1
  play = (stream) => {
    if (refusals-- > 0) return stream.close(7)
    stream.respond({ ':status': 200 })
    stream.end('second')
  }
  const answer = await ask(gateway.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc')
  assert.deepEqual([answer.status, answer.body], [200, 'second'])
  refusals = 10
  const refused = await ask(gateway.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc')
  assert.deepEqual([refused.status, refused.headers.get('x-gateway-error')], [502, 'stream_refused'])
})

test('an origin that goes away inside a response cuts the client; before it, a GET is sent again', async () => {
  play = (stream) => {
    stream.respond({ ':status': 200 })
    stream.write('half')
    setTimeout(() => stream.session?.destroy(), 50)
  }
  const cut = await ask(gateway.port, get('/'))
  assert.deepEqual([cut.body, cut.isWhole], ['half', false])
  let deaths = 1
  play = (stream) => {
    if (deaths-- > 0) return stream.session?.destroy()
    stream.respond({ ':status': 200 })
    stream.end('again')
  }
  assert.equal((await ask(gateway.port, get('/'))).body, 'again')
  await new Promise((resolve) => server.close(resolve))
  for (const session of sessions) session.destroy()
  const refused = await ask(gateway.port, get('/'))
  assert.deepEqual([refused.status, refused.headers.get('x-gateway-error')], [502, 'connect_failed'])
})

test('a client that leaves ends the stream, and the session lives', async () => {
  const closed = Promise.withResolvers<number | undefined>()
  play = (stream) => {
    stream.on('close', () => closed.resolve(stream.rstCode))
    stream.respond({ ':status': 200 })
    stream.write('endless')
  }
  const client = await connectRaw(gateway.port)
  client.send(get('/'))
  await client.until('something', ({ received }) => received.includes('endless'))
  client.socket.resetAndDestroy()
  assert.equal(await closed.promise, 8)
  assert.equal(sessions.size, 1)
})

test('a slow client holds the origin up', async () => {
  const data = randomBytes(20_000_000)
  let sender: ServerHttp2Stream | null = null
  play = (stream) => {
    sender = stream
    stream.respond({ ':status': 200 })
    stream.end(data)
  }
  const client = await connectRaw(gateway.port)
  client.socket.pause()
  client.send(get('/'))
  await new Promise((resolve) => setTimeout(resolve, 500))
  assert.ok(sender!.writableLength > 5_000_000, `${sender!.writableLength} wait at the origin`)
  client.socket.resume()
  // Its length first: a text that long is not to be searched with every piece that comes.
  await client.until('all of it', ({ received }) => received.length > data.length && received.endsWith('\r\n0\r\n\r\n'), 30_000)
  const { body } = await client.response()
  assert.equal(createHash('sha1').update(Buffer.from(body, 'latin1')).digest('hex'), createHash('sha1').update(data).digest('hex'))
  client.destroy()
})

test('over TLS: h2 where the origin takes it, else HTTP/1.1; upgrades always HTTP/1.1', async () => {
  const upstream = { connection: { http2: true, tls: TLS } }
  const secure = createSecureServer({ ...SECURE, allowHTTP1: true }, (incoming, response) => response.end(incoming.httpVersion))
  const webSockets = new WebSocketServer({ noServer: true })
  secure.on('upgrade', (incoming, socket, head) => webSockets.handleUpgrade(incoming as never, socket, head, (ws) => ws.send('upgraded')))
  play = () => {}
  await serve(secure)
  gateway.apply({ targets: [`https://127.0.0.1:${(secure.address() as AddressInfo).port}`], upstream })
  assert.equal((await ask(gateway.port, get('/'))).body, '2.0')
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/`)
  const [message] = (await once(socket, 'message')) as [Buffer]
  assert.equal(message.toString(), 'upgraded')
  socket.terminate()
  webSockets.clients.forEach((ws) => ws.terminate())
  gateway.apply({ targets: [`https://127.0.0.1:${(secure.address() as AddressInfo).port}`], upstream: { connection: { ...upstream.connection, http2: false } } })
  assert.equal((await ask(gateway.port, get('/'))).body, '1.1')
})

test('an origin that offers HTTP/1.1 alone gets that, also for requests that may not be repeated', async () => {
  const { createServer: createHttps } = await import('node:https')
  const plain = createHttps(SECURE, (incoming, response) => void incoming.resume().on('end', () => response.end(incoming.httpVersion)))
  plain.listen(0, '127.0.0.1')
  await once(plain, 'listening')
  gateway.apply({ targets: [`https://127.0.0.1:${(plain.address() as AddressInfo).port}`], upstream: { connection: { http2: true, tls: TLS } } })
  assert.equal((await ask(gateway.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc')).body, '1.1')
  assert.equal((await ask(gateway.port, get('/'))).body, '1.1')
  plain.closeAllConnections()
  plain.close()
})
