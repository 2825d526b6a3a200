import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import http2, { type ClientHttp2Session, type ClientHttp2Stream, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after, afterEach, before, beforeEach, describe, mock, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import http2Proxy from 'http2-proxy'
import { WebSocketServer } from 'ws'
import type { Credential } from '../credential.ts'
import { type EngineUnderTest, startEngine, type TestConfiguration } from '../testing/engine-under-test.ts'
import { makeAuthority, makeCredential, type TestAuthority } from '../testing/make-certificate.ts'
import { DATA, END_HEADERS, END_STREAM, frame, HEADERS, literals } from '../testing/http2-frames.ts'
import { connectRawHttp2 } from '../testing/raw-http2-client.ts'
import { startScriptedOrigin } from '../testing/scripted-origin.ts'
import { acceptOf } from '../websocket/handshake.ts'

const ID = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

let authority: TestAuthority
let credential: Credential
let origin: Server
let gateway: EngineUnderTest
let session: ClientHttp2Session
let http2Engine: 'direct' | 'http2-proxy' = 'direct'

before(async () => {
  authority = await makeAuthority()
  credential = await makeCredential(ID(500), ['a.test'], authority)
})

const secure = (more: object = {}): Pick<TestConfiguration, 'listener' | 'tlsPolicies'> => ({ listener: { protocol: 'https', tlsPolicyId: ID(400), http2Engine, ...more }, tlsPolicies: [{ certificateIds: [credential.id] }] })
const urlOf = (server: { address(): unknown }): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

beforeEach(async () => {
  origin = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => null)
    if (body === null) return
    response.setHeader('x-method', request.method ?? '')
    response.setHeader('x-framing', `${request.headers['content-length'] ?? '-'} ${request.headers['transfer-encoding'] ?? '-'}`)
    response.setHeader('x-sum', request.trailers['x-sum'] ?? '-')
    response.end(body)
  })
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  gateway = await startEngine({ targets: [urlOf(origin)], ...secure() })
  gateway.engine.useCredentials({ certificates: [credential], fleetKey: null })
  session = connect()
})

afterEach(async () => {
  session.destroy()
  await gateway.stop()
  origin.closeAllConnections()
  origin.close()
})

function connect(options: http2.SecureClientSessionOptions = {}): ClientHttp2Session {
  const made = http2.connect(`https://127.0.0.1:${gateway.port}`, { ca: authority.pem, servername: 'a.test', checkServerIdentity: () => undefined, ...options })
  made.on('error', () => {})
  return made
}

interface Answer {
  status: number
  headers: http2.IncomingHttpHeaders
  body: Buffer
  trailers: http2.IncomingHttpHeaders
}

async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  let trailers = {}
  stream.on('trailers', (given) => (trailers = given))
  const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader]
  const body = await buffer(stream)
  return { status: headers[':status']!, headers, body, trailers }
}

function ask(headers: http2.OutgoingHttpHeaders, body?: Buffer | string): Promise<Answer> {
  const stream = session.request({ ':authority': 'a.test', ':path': '/', ...headers }, { endStream: body === undefined })
  if (body !== undefined) stream.end(body)
  return answerOf(stream)
}

const sorted = (raw: readonly string[]): string[] => raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : [])).sort()

for (const engine of ['direct', 'http2-proxy'] as const) {
  describe(`the engine ${engine}`, () => {
    let carried = 0
    before(() => {
      http2Engine = engine
      const { web } = http2Proxy
      mock.method(http2Proxy, 'web', (...given: Parameters<typeof web>) => {
        carried++
        return web(...given)
      })
    })
    after(() => {
      mock.restoreAll()
      assert.equal(carried > 50, engine === 'http2-proxy', `${carried} requests went through http2-proxy`)
    })

    test('a client that goes away, in its upload or in its download, is missed by the origin', async () => {
      const gone: string[] = []
      const endless = createServer((request, response) => {
        response.on('close', () => gone.push(request.method ?? ''))
        if (request.method === 'GET') response.write('begun')
      })
      endless.listen(0, '127.0.0.1')
      await once(endless, 'listening')
      gateway.apply({ targets: [urlOf(endless)], ...secure() })
      const download = session.request({ ':authority': 'a.test', ':path': '/' })
      download.on('error', () => {})
      await once(download, 'data')
      const upload = session.request({ ':method': 'POST', ':authority': 'a.test', ':path': '/' }, { endStream: false })
      upload.on('error', () => {})
      upload.write('begun')
      await sleep(100)
      download.close(http2.constants.NGHTTP2_CANCEL)
      upload.close(http2.constants.NGHTTP2_CANCEL)
      for (const end = Date.now() + 2_000; gone.length < 2; await sleep(10)) assert.ok(Date.now() < end, gone.join())
      assert.equal(gateway.engine.stats().inFlight, 0)
      endless.closeAllConnections()
      endless.close()
    })

    test('requests of every method and framing reach the origin as HTTP/1.1', async () => {
      const data = randomBytes(3_000_000)
      const digest = createHash('sha1').update(data).digest('hex')
      for (const [headers, body, framing] of [
        [{ ':method': 'GET' }, undefined, '- -'],
        [{ ':method': 'DELETE' }, undefined, '- -'],
        [{ ':method': 'GET' }, 'body of a GET', '- chunked'],
        [{ ':method': 'DELETE' }, 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n', '- chunked'],
        [{ ':method': 'POST', 'content-length': '5' }, 'hello', '5 -'],
        [{ ':method': 'PUT', 'content-length': '0' }, undefined, '0 -'],
        [{ ':method': 'POST' }, '', '- chunked'],
        [{ ':method': 'POST' }, data, '- chunked'],
        [{ ':method': 'POST', 'content-length': String(data.length) }, data, `${data.length} -`]
      ] as const) {
        const answer = await ask(headers, body as Buffer)
        assert.deepEqual([answer.status, answer.headers['x-method'], answer.headers['x-framing']], [200, headers[':method'], framing])
        if (body === data) assert.equal(createHash('sha1').update(answer.body).digest('hex'), digest)
        else assert.equal(answer.body.toString(), body ?? '')
      }
      const { requests, handshakes } = gateway.engine.stats()
      assert.deepEqual([requests, handshakes], [9, 1])
    })

    test('the head that the origin gets is the codec\'s, and its answer has no field of a connection', async () => {
      const scripted = await startScriptedOrigin((peer) => {
        peer.socket.on('data', () => peer.send('HTTP/1.1 200 OK\r\nConnection: keep-alive, x-drop\r\nX-Drop: 1\r\nKeep-Alive: timeout=5\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Name: \t voilÃ\xa0 \r\nContent-Length: 2\r\n\r\nok'))
      })
      gateway.apply({ targets: [scripted.url], ...secure() })
      const stream = session.request([':method', 'GET', ':scheme', 'https', ':authority', 'A.Test:8443', ':path', '/x/../y?q=1', 'cookie', 'a=1', 'cookie', 'b=2', 'x-thing', 'ü', 'x-name', 'voilÃ\xa0', 'x-spaced', ' \ta ', 'te', 'trailers', 'priority', 'u=1'] as never)
      const { status, headers, body } = await answerOf(stream)
      const peer = await scripted.peer(0)
      const id = /X-Request-Id: (\S+)/.exec(peer.received)?.[1]
      assert.equal(peer.received, `GET /y?q=1 HTTP/1.1\r\nHost: 127.0.0.1:${scripted.port}\r\nx-thing: ü\r\nx-name: voilÃ\xa0\r\nx-spaced: a\r\npriority: u=1\r\ncookie: a=1; b=2\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: A.Test:8443\r\nX-Request-Id: ${id}\r\n\r\n`)
      assert.deepEqual([status, body.toString(), headers['set-cookie'], headers['x-name'], headers['content-length']], [200, 'ok', ['a=1', 'b=2'], 'voilÃ\xa0', '2'])
      for (const name of ['connection', 'keep-alive', 'x-drop', 'transfer-encoding']) assert.equal(headers[name], undefined)
      await scripted.stop()
    })

    test('trailers go both ways, interim responses too, and 100-continue is answered', async () => {
      const scripted = await startScriptedOrigin((peer) => {
        peer.socket.on('data', () => peer.received.endsWith('\r\n0\r\nx-sum: 6\r\n\r\n') && peer.send('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nGrpc-Status: 0\r\n\r\n'))
      })
      gateway.apply({ targets: [scripted.url], ...secure() })
      const interim: (number | undefined)[] = []
      const stream = session.request({ ':method': 'POST', ':authority': 'a.test', ':path': '/', expect: '100-continue' }, { endStream: false, waitForTrailers: true } as never)
      stream.on('headers', (headers) => interim.push(headers[':status']))
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '6', 'cookie': 'late=1' }))
      stream.end('abcdef')
      const { body, trailers } = await answerOf(stream)
      assert.deepEqual([body.toString(), trailers['grpc-status'], interim.sort()], ['body', '0', [100, 103]])
      await scripted.stop()
    })

    test('a field that comes twice goes on twice: in requests, answers, interim responses and trailers', async (t) => {
      const asked: string[] = []
      const fields = 'Content-Language: en\r\nContent-Language: de\r\nX-Content-Type-Options: nosniff\r\nX-Content-Type-Options: nosniff\r\nDate: x\r\n'
      const scripted = await startScriptedOrigin((peer) => {
        peer.socket.on('data', () => {
          if (peer.received.startsWith('POST') && !peer.received.endsWith('\r\n0\r\netag: 1\r\netag: 2\r\n\r\n')) return
          const isEmpty = peer.received.startsWith('GET')
          asked.push(peer.received)
          peer.received = ''
          peer.send(`HTTP/1.1 103 Early Hints\r\n${fields}\r\nHTTP/1.1 200 OK\r\n${fields}${isEmpty ? 'Content-Length: 0\r\n\r\n' : 'Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nETag: 1\r\nETag: 2\r\n__proto__: 3\r\n\r\n'}`)
        })
      })
      gateway.apply({ targets: [scripted.url], ...secure(), route: { transforms: [{ ResponseHeader: 'Content-Language', Append: 'fr' }] } })
      t.after(() => scripted.stop())
      const loose = connect({ strictSingleValueFields: false } as never)
      t.after(() => loose.destroy())
      const twice = ['content-language', 'en', 'content-language', 'de', 'x-content-type-options', 'nosniff', 'x-content-type-options', 'nosniff', 'date', 'x']
      for (const method of ['POST', 'GET']) {
        const stream = loose.request([':method', method, ':scheme', 'https', ':authority', 'a.test', ':path', '/', 'user-agent', 'a', 'user-agent', 'b'] as never, { endStream: method === 'GET', waitForTrailers: method === 'POST' } as never)
        const seen: string[][] = []
        for (const event of ['headers', 'response', 'trailers'] as const) stream.on(event as 'trailers', (_headers, _flags, raw) => seen.push(raw))
        stream.on('wantTrailers', () => stream.sendTrailers({ etag: ['1', '2'] } as never))
        if (method === 'POST') stream.end('abc')
        const body = await buffer(stream)
        const trailers = ['etag', '1', 'etag', '2', '__proto__', '3']
        const expected = [[':status', '103', ...twice], [':status', '200', ...twice, 'content-language', 'fr']]
        if (method === 'GET') expected[1]!.push('content-length', '0')
        else expected.push(trailers)
        // Fields that have one name may come together.
        assert.deepEqual(seen.map(sorted), expected.map(sorted))
        assert.equal(body.toString(), method === 'GET' ? '' : 'body')
      }
      for (const head of asked) assert.match(head, /\r\nuser-agent: a\r\nuser-agent: b\r\n/)
    })

    test('HEAD, 204 and 304 have no body; answers of the gateway itself are whole', async () => {
      const scripted = await startScriptedOrigin((peer) => {
        peer.socket.on('data', () => {
          const status = /^\S+ \/(\d+)/.exec(peer.received)?.[1]
          peer.received = ''
          peer.send(`HTTP/1.1 ${status} X\r\n${status === '200' ? 'Content-Length: 10\r\n' : ''}\r\n`)
        })
      })
      gateway.apply({ targets: [scripted.url], ...secure(), route: { match: { path: { type: 'regex', value: '/\\d+' } } } })
      assert.equal((await ask({ ':method': 'HEAD', ':path': '/200' })).headers['content-length'], '10')
      for (const status of [204, 304]) assert.equal((await ask({ ':path': `/${status}` })).status, status)
      const missing = await ask({ ':path': '/nothing', accept: 'application/json' })
      assert.deepEqual([missing.status, missing.headers['x-gateway-error'], JSON.parse(missing.body.toString()).error.code], [404, 'no_route', 'no_route'])
      await scripted.stop()
    })

    test('what is malformed is refused before an origin hears of it, and the connection lives', async () => {
      for (const [raw, status] of [
        [[':method', 'GET', ':scheme', 'https', ':authority', 'a.test', ':path', '/a b'], 400],
        [[':method', 'GET', ':scheme', 'https', ':authority', 'a.test', ':path', '/', 'host', 'b.test'], 400],
        [[':method', 'GET', ':scheme', 'https', ':authority', 'u@a.test', ':path', '/'], 400],
        [[':method', 'GET', ':scheme', 'https', ':authority', 'a.test', ':path', '/../..'], 400],
        [[':method', 'GET', ':scheme', 'foo', ':authority', 'a.test', ':path', 'http://b.test/x'], 400],
        [[':method', 'GET', ':scheme', 'https', ':authority', 'a.test', ':path', 'http://b.test/x'], 400],
        [[':method', 'GET', ':scheme', 'foo', ':authority', 'a.test', ':path', '/'], 400],
        [[':method', 'GET', ':scheme', 'https', ':authority', 'a.test', ':path', '*'], 400],
        [[':method', 'TRACE', ':scheme', 'https', ':authority', 'a.test', ':path', '/'], 405],
        [[':method', 'CONNECT', ':authority', 'a.test:443'], 405]
      ] as const) {
        const stream = session.request(raw as never, { endStream: true })
        // Some of it is refused below us already, by a reset.
        const outcome = await answerOf(stream).then((answer) => answer.status, () => stream.rstCode)
        assert.ok(outcome === status || outcome === 1, `${raw.join(' ')}: ${outcome}`)
      }
      assert.equal((await ask({})).status, 200)
      const records = gateway.records.filter(({ upstreamName }) => upstreamName !== '')
      assert.equal(records.length, 1)
    })

    test('of a malformed field, which nghttp2 drops, an origin hears nothing, and the rest stays as it is', async (t) => {
      const scripted = await startScriptedOrigin((peer) => {
        peer.socket.on('data', () => peer.received.endsWith('0\r\n\r\n') && peer.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'))
      })
      t.after(() => scripted.stop())
      gateway.apply({ targets: [scripted.url], ...secure() })
      const client = await connectRawHttp2({ port: gateway.port, ca: authority.pem })
      t.after(() => client.destroy())
      const head = [[':method', 'POST'], [':scheme', 'https'], [':authority', 'a.test'], [':path', '/'], ['x-good', '1']] as const
      let id = -1
      for (const field of [['x-bad', 'a\rb'], ['x-bad', 'a\r\nx: b'], ['x-bad', 'a\0b'], ['x-bad', 'a\x01b'], ['x-bad', 'a\x7fb'], ['x bad', 'a'], ['x\r\nbad', 'a'], ['x:bad', 'a'], ['x(bad', 'a'], ['', 'a'], ['transfer-encoding ', 'gzip']] as const) {
        for (const place of ['head', 'trailers']) {
          id += 2
          if (place === 'head') client.send(frame(HEADERS, END_HEADERS, id, literals([...head, field])), frame(DATA, END_STREAM, id, Buffer.from('ab')))
          else client.send(frame(HEADERS, END_HEADERS, id, literals(head)), frame(DATA, 0, id, Buffer.from('ab')), frame(HEADERS, END_HEADERS | END_STREAM, id, literals([field])))
          assert.equal(await client.outcome(id), '200', JSON.stringify([field, place]))
          assert.equal(scripted.peers.at(-1)!.received.replace(/(?<=Host: )\S+|X-.*\r\n/g, ''), 'POST / HTTP/1.1\r\nHost: \r\nx-good: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n')
        }
      }
    })

    test('the limits of heads are those of HTTP/1.1, up to a bound; the parts of a cookie are one field', async (t) => {
      let cookie = ''
      origin.on('request', (request) => (cookie = request.headers.cookie ?? ''))
      const many = (count: number, make: (index: number) => string[]): string[] => Array.from({ length: count }, (_, index) => make(index)).flat()
      for (const [name, path, fields, expected] of [
        ['cookies', '/', many(1_000, (index) => ['cookie', `c${index}=1`]), 200],
        ['too many parts of a cookie', '/', many(1_200, (index) => ['cookie', `c${index}=1`]), 'RST 11'],
        ['as many fields as may be', '/', many(99, (index) => [`x-${index}`, '1']), 200],
        ['one more', '/', many(100, (index) => [`x-${index}`, '1']), 'too_many_header_fields'],
        ['a lot more', '/', many(1_000, (index) => [`x-${index}`, '1']), 'too_many_header_fields'],
        ['a long field', '/', ['x-long', 'a'.repeat(33_000)], 'header_too_large'],
        ['many long fields', '/', many(4, () => ['x-long', 'a'.repeat(15_000)]), 'header_too_large'],
        ['a long target', `/${'a'.repeat(33_000)}`, [], 'uri_too_long'],
        ['more than the bound', '/', many(2, () => ['x-long', 'a'.repeat(40_000)]), 'RST 11']
      ] as const) {
        const client = connect({ maxSendHeaderBlockLength: 200_000 })
        t.after(() => client.destroy())
        await once(client, 'remoteSettings')
        const stream = client.request([':method', 'GET', ':scheme', 'https', ':authority', 'a.test', ':path', path, ...fields] as never, { endStream: true })
        const outcome = await answerOf(stream).then(({ status, headers }) => headers['x-gateway-error'] ?? status, () => `RST ${stream.rstCode}`)
        assert.equal(outcome, expected, name)
        if (name === 'cookies') assert.equal(cookie, many(1_000, (index) => [`c${index}=1`]).join('; '))
      }
    })

    test('trailers longer than HTTP/1.1 takes them are refused', async () => {
      for (const [bytes, expected] of [[16_000, 200], [17_000, 'bad_trailer']] as const) {
        const stream = session.request({ ':method': 'POST', ':authority': 'a.test', ':path': '/' }, { endStream: false, waitForTrailers: true } as never)
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': 'a'.repeat(bytes) }))
        stream.end('abc')
        const { status, headers } = await answerOf(stream)
        assert.equal(headers['x-gateway-error'] ?? status, expected)
        if (status === 200) assert.equal(headers['x-sum']?.length, bytes)
      }
    })

    test('an answer that comes early ends the upload; a cut answer resets the stream; others go on', async () => {
      const scripted = await startScriptedOrigin((peer) => {
        peer.socket.once('data', () => peer.send(peer.received.startsWith('POST') ? 'HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno' : 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'))
      })
      gateway.apply({ targets: [scripted.url], ...secure() })
      const upload = session.request({ ':method': 'POST', ':authority': 'a.test', ':path': '/' }, { endStream: false })
      upload.on('error', () => {})
      upload.write(randomBytes(10_000))
      const early = await answerOf(upload)
      assert.deepEqual([early.status, early.body.toString()], [413, 'no'])
      const cut = session.request({ ':authority': 'a.test', ':path': '/' })
      cut.on('data', () => {})
      cut.on('error', () => {})
      await once(cut, 'response')
      ;(await scripted.peer(1)).destroy()
      await new Promise((resolve) => cut.on('close', resolve))
      assert.equal(cut.rstCode, 2)
      await scripted.stop()
    })

    test('many streams at once, and a slow one holds its own origin up, not the others', async () => {
      const data = randomBytes(10_000_000)
      let waiting = 0
      const large = createServer((request, response) => {
        if (request.url !== '/large') return void response.end('small')
        response.end(data)
        setTimeout(() => (waiting = response.writableLength), 400)
      })
      large.listen(0, '127.0.0.1')
      await once(large, 'listening')
      gateway.apply({ targets: [urlOf(large)], ...secure() })
      const slow = session.request({ ':authority': 'a.test', ':path': '/large' })
      await once(slow, 'response')
      const answers = await Promise.all(Array.from({ length: 50 }, () => ask({ ':path': '/small' })))
      assert.ok(answers.every(({ body }) => body.toString() === 'small'))
      await sleep(600)
      assert.ok(waiting > 5_000_000, `${waiting} bytes wait at the origin`)
      assert.equal(createHash('sha1').update(await buffer(slow)).digest('hex'), createHash('sha1').update(data).digest('hex'))
      large.closeAllConnections()
      large.close()
    })

    test('a WebSocket over HTTP/2', async () => {
      const webSockets = new WebSocketServer({ server: origin })
      webSockets.on('connection', (socket) => socket.on('message', (message, binary) => socket.send(message, { binary })))
      await once(session, 'remoteSettings')
      assert.equal(session.remoteSettings.enableConnectProtocol, true)
      const stream = session.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', ':authority': 'a.test', ':path': '/chat', 'sec-websocket-version': '13' }, { endStream: false })
      const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader]
      assert.deepEqual([headers[':status'], headers['sec-websocket-accept'], headers['upgrade']], [200, undefined, undefined])
      stream.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]))
      assert.deepEqual((await once(stream, 'data'))[0], Buffer.from([0x81, 0x02, 0x68, 0x69]))
      assert.equal(gateway.engine.stats().webSockets.open, 1)
      gateway.apply({ targets: [urlOf(origin)], ...secure(), route: { enabled: false, onRemove: { connections: 'close' } } })
      assert.deepEqual((await once(stream, 'data'))[0], Buffer.from([0x88, 0x02, 0x03, 0xf4]))
      stream.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xf4]))
      await once(stream, 'close')
      for (const end = Date.now() + 5_000; gateway.engine.stats().webSockets.open > 0; await sleep(20)) assert.ok(Date.now() < end, 'it is still counted')
    })

    test('what Node does not send of an answer cuts its stream; a WebSocket then leaves nothing behind either', async (t) => {
      const scripted = await startScriptedOrigin((peer) => {
        peer.socket.on('data', () => {
          const key = /sec-websocket-key: (\S+)/i.exec(peer.received)?.[1]
          if (key !== undefined) return peer.send(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`)
          peer.send('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 2\r\n\r\n')
        })
      })
      gateway.apply({ targets: [scripted.url], ...secure() })
      await once(session, 'remoteSettings')
      for (const method of ['additionalHeaders', 'respond', 'sendTrailers', 'webSocket'] as const) {
        const throwing = (message: unknown): void => {
          unsubscribe('http2.server.stream.created', throwing)
          t.mock.method((message as { stream: ServerHttp2Stream }).stream, method === 'webSocket' ? 'respond' : method, () => {
            throw new Error('not sent')
          })
        }
        subscribe('http2.server.stream.created', throwing)
        const webSocket = { ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', 'sec-websocket-version': '13' }
        const stream = session.request({ ':authority': 'a.test', ':path': '/', ...(method === 'webSocket' ? webSocket : {}) }, { endStream: method !== 'webSocket' })
        stream.on('error', () => {}).resume()
        await new Promise((resolve) => stream.on('close', resolve))
        assert.equal(stream.rstCode, 2, method)
        if (method === 'webSocket') await scripted.peers.at(-1)!.closed()
        for (const end = Date.now() + 5_000; gateway.engine.stats().inFlight > 0; await sleep(10)) assert.ok(Date.now() < end, method)
        assert.equal(gateway.engine.targets(ID(2))[0]!.inFlight, 0)
      }
      assert.equal(gateway.engine.stats().webSockets.opened, 0)
      assert.equal((await ask({})).body.toString(), 'ok')
      await scripted.stop()
    })

    test('a listener that goes away says GOAWAY and serves what was begun; drained it ends', async () => {
      const slow = createServer((_request, response) => void setTimeout(() => response.end('late'), 300))
      slow.listen(0, '127.0.0.1')
      await once(slow, 'listening')
      gateway.apply({ targets: [urlOf(slow)], ...secure() })
      const asked = once(slow, 'request')
      const pending = ask({})
      const goaway = once(session, 'goaway')
      await asked
      gateway.engine.closeEndpoint({ address: '0.0.0.0', port: gateway.port, protocol: 'https' })
      await goaway
      assert.equal((await pending).body.toString(), 'late')
      await once(session, 'close')
      slow.close()
    })
  })
}

test('http2: false offers HTTP/1.1 alone', async () => {
  gateway.apply({ targets: [urlOf(origin)], ...secure({ http2: false }) })
  const failed = connect()
  const [error] = (await once(failed, 'error')) as [Error]
  assert.match(error.message, /alert|protocol|closed|ALPN/i)
})
