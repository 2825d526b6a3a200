import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import zlib from 'node:zlib'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw } from '../testing/raw-client.ts'

let server: http.Server
let gateway: EngineUnderTest
let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void
const TEXT = 'the same words again and again, and then some more. '.repeat(400)

before(async () => {
  server = http.createServer((request, response) => answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  gateway = await startEngine({ targets: [target()] })
})

after(async () => {
  await gateway.stop()
  server.closeAllConnections()
  server.close()
})

const target = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const use = (compression: object = {}, more: object = {}) => gateway.apply({ targets: [target()], policies: [{ name: 'small', compression, ...more }], route: { compressionPolicy: 'small' } })
const DECODE: Record<string, (data: Buffer) => Buffer> = { gzip: zlib.gunzipSync, br: zlib.brotliDecompressSync, zstd: zlib.zstdDecompressSync }
const asText = (headers: object, body: string | Buffer = TEXT): typeof answer => (_request, response) => response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(body)

const OF_THE_BYTES = ['content-md5', 'digest', 'content-digest', 'repr-digest']

async function ask(accept: string | null, options: { method?: string; headers?: Record<string, string> } = {}): Promise<{ status: number; headers: http.IncomingHttpHeaders; raw: Buffer; body: string }> {
  const request = http.request({ port: gateway.port, method: options.method ?? 'GET', agent: false, headers: { ...(accept === null ? {} : { 'accept-encoding': accept }), ...options.headers } })
  request.end()
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  const raw = Buffer.concat(await response.toArray() as Buffer[])
  const coding = response.headers['content-encoding']
  return { status: response.statusCode!, headers: response.headers, raw, body: (coding === undefined || DECODE[coding] === undefined || raw.length === 0 ? raw : DECODE[coding](raw)).toString() }
}

describe('an answer is compressed', () => {
  test('by what the client accepts and prefers', async () => {
    use()
    answer = asText({ etag: '"v1"', 'content-md5': 'x', digest: 'sha-256=x', 'content-digest': 'sha-256=:x:', 'repr-digest': 'sha-256=:x:', 'accept-ranges': 'bytes' })
    for (const [accept, coding] of [['gzip', 'gzip'], ['br', 'br'], ['zstd', 'zstd'], ['gzip, br, zstd', 'zstd'], ['gzip;q=1, br;q=0.5', 'gzip'], ['*', 'zstd'], ['zstd;q=0, *', 'br'], ['x-gzip', 'gzip'], ['gzip;q=0.5, identity;q=0.5', 'gzip']] as const) {
      const { headers, body, raw } = await ask(accept)
      assert.equal(headers['content-encoding'], coding, accept)
      assert.equal(body, TEXT)
      assert.ok(raw.length < TEXT.length / 10)
      assert.deepEqual([headers.vary, headers.etag], ['Accept-Encoding', 'W/"v1"'])
      for (const name of ['content-length', 'accept-ranges', ...OF_THE_BYTES]) assert.equal(headers[name], undefined, name)
    }
  })

  test('not for who does not want it, but then it says that it could be', async () => {
    use()
    answer = asText({ etag: '"v1"' })
    for (const accept of [null, '', 'identity', 'deflate', 'gzip;q=0', '*;q=0', 'gzip;q=0.5, identity', 'gzip;q=x']) {
      const { headers, body } = await ask(accept)
      assert.deepEqual([headers['content-encoding'], headers.vary, headers.etag, body === TEXT], [undefined, 'Accept-Encoding', '"v1"', true], String(accept))
    }
  })

  test('never twice, never a part, never what must not be changed, never what is small or of another type', async () => {
    use()
    const cases: [string, typeof answer, boolean?][] = [
      ['coded already', asText({ 'content-encoding': 'gzip' }, zlib.gzipSync(TEXT))],
      ['no-transform', asText({ 'cache-control': 'public, no-transform' })],
      ['a part', (_request, response) => response.writeHead(206, { 'content-type': 'text/plain', 'content-range': 'bytes 0-9/10000' }).end(TEXT)],
      ['small', asText({ 'content-length': '11' }, 'hello world')],
      ['another type', asText({ 'content-type': 'image/png' })],
      ['no type', (_request, response) => response.writeHead(200).end(TEXT)],
      ['an event stream', asText({ 'content-type': 'text/event-stream' })]
    ]
    for (const [what, how] of cases) {
      answer = how
      const { headers } = await ask('gzip')
      assert.equal(headers['content-encoding'], what === 'coded already' ? 'gzip' : undefined, what)
      assert.equal(headers.vary, undefined, what)
    }
    answer = asText({})
    assert.equal((await ask('gzip', { headers: { 'cache-control': 'no-transform' } })).headers['content-encoding'], undefined)
  })

  test('as an answer to HEAD tells: the same fields, but for the length that is not known', async () => {
    use()
    for (const [headers, accept] of [[{}, 'gzip'], [{ 'content-length': String(TEXT.length) }, 'br'], [{}, 'identity'], [{ 'content-type': 'image/png' }, 'gzip'], [{ 'content-length': '11' }, 'gzip']] as const) {
      answer = asText({ etag: '"v1"', 'repr-digest': 'sha-256=:x:', ...headers }, 'content-length' in headers && headers['content-length'] === '11' ? 'hello world' : TEXT)
      const told = ({ headers: { etag, vary, 'content-encoding': coding, 'repr-digest': digest } }: Awaited<ReturnType<typeof ask>>) => [etag, vary, coding, digest]
      const [whole, head] = [await ask(accept), await ask(accept, { method: 'HEAD' })]
      assert.deepEqual(told(head), told(whole), JSON.stringify([headers, accept]))
      assert.equal(head.headers['content-length'], whole.headers['content-encoding'] === undefined ? headers['content-length' as keyof typeof headers] : undefined)
    }
  })

  test('and a 304 says what the 200 did, also where it does not tell a type', async () => {
    use()
    const told = async (headers: Record<string, string>, accept: string) => {
      answer = (_request, response) => response.writeHead(304, { etag: '"v1"', 'repr-digest': 'sha-256=:x:', ...headers }).end()
      const { status, headers: got } = await ask(accept)
      assert.deepEqual([status, got['content-encoding']], [304, undefined])
      return [got.etag, got.vary, got['repr-digest'], got['content-length']]
    }
    const asWas = ['"v1"', undefined, 'sha-256=:x:', undefined]
    assert.deepEqual(await told({}, 'gzip'), ['W/"v1"', 'Accept-Encoding', undefined, undefined])
    assert.deepEqual(await told({ 'content-type': 'text/plain', 'content-length': '5000' }, 'gzip'), ['W/"v1"', 'Accept-Encoding', undefined, undefined])
    assert.deepEqual(await told({}, 'identity'), ['"v1"', 'Accept-Encoding', 'sha-256=:x:', undefined])
    assert.deepEqual(await told({ 'content-type': 'image/png' }, 'gzip'), asWas)
    assert.deepEqual(await told({ 'cache-control': 'no-transform' }, 'gzip'), asWas)
  })

  test('and its trailers do not tell sums of other bytes', async () => {
    use()
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', trailer: 'Repr-Digest, X-Last' })
      response.write(TEXT)
      response.addTrailers({ 'Repr-Digest': 'sha-256=:x:', 'X-Last': '1' })
      response.end()
    }
    const trailersFor = async (accept: string) => {
      const request = http.request({ port: gateway.port, agent: false, headers: { 'accept-encoding': accept } })
      request.end()
      const [response] = await once(request, 'response') as [http.IncomingMessage]
      await response.toArray()
      return [response.headers['content-encoding'], { ...response.trailers }]
    }
    assert.deepEqual(await trailersFor('gzip'), ['gzip', { 'x-last': '1' }])
    assert.deepEqual(await trailersFor('identity'), [undefined, { 'repr-digest': 'sha-256=:x:', 'x-last': '1' }])
  })

  test('of any length and form, also when it comes in pieces, and the connection goes on', async () => {
    use({ minBytes: 0 })
    const large = randomBytes(2_000_000).toString('hex')
    for (const body of ['', 'x', TEXT, large]) {
      answer = (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        for (let at = 0; at < body.length; at += 100_000) response.write(body.slice(at, at + 100_000))
        response.end()
      }
      for (const coding of ['gzip', 'br', 'zstd']) assert.equal((await ask(coding)).body, body, `${coding} of ${body.length}`)
    }
    answer = asText({})
    const client = await connectRaw(gateway.port)
    for (let round = 0; round < 3; round++) {
      client.send('GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n')
      const { body, isWhole } = await client.response()
      assert.deepEqual([isWhole, zlib.gunzipSync(Buffer.from(body, 'latin1')).toString()], [true, TEXT])
    }
    client.send('GET / HTTP/1.0\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n')
    assert.equal((await client.response()).headers.get('content-encoding'), undefined)
    client.destroy()
  })

  test('piece by piece where it flows: what was sent arrives before the rest', async () => {
    use({ eventStreams: true })
    let next: () => void = () => {}
    answer = (request, response) => {
      response.writeHead(200, { 'content-type': request.url === '/events' ? 'text/event-stream' : 'text/plain' })
      response.write('data: one\n\n')
      next = () => response.end('data: two\n\n')
    }
    for (const path of ['/events', '/slow']) {
      const request = http.request({ port: gateway.port, path, agent: false, headers: { 'accept-encoding': 'gzip' } })
      request.end()
      const [response] = await once(request, 'response') as [http.IncomingMessage]
      const unzip = response.pipe(zlib.createGunzip())
      const [first] = await once(unzip, 'data')
      assert.equal(String(first), 'data: one\n\n', path)
      next()
      const [second] = await once(unzip, 'data')
      assert.equal(String(second), 'data: two\n\n')
    }
  })

  test('a body that is cut is cut for the client too', async () => {
    use()
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '100000' })
      response.write(TEXT)
      setTimeout(() => response.socket?.destroy(), 100)
    }
    const client = await connectRaw(gateway.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n')
    const { isWhole } = await client.response()
    client.destroy()
    assert.equal(isWhole, false)
  })

  test('a client that does not read holds the origin up, in bounded memory', async () => {
    use()
    let sent = 0
    const noise = randomBytes(65_536).toString('base64')
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      const more = (): void => {
        while (sent < 400_000_000 && response.write(noise)) sent += noise.length
        response.once('drain', more)
      }
      more()
    }
    const client = await connectRaw(gateway.port)
    client.socket.pause()
    client.send('GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n')
    let before = -1
    for (let still = 0; still < 5; still = sent === before ? still + 1 : 0) {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    assert.ok(sent < 60_000_000, `${sent} bytes were taken`)
    client.destroy()
    for (const end = Date.now() + 5_000; gateway.engine.stats().inFlight > 0 && Date.now() < end;) await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal(gateway.engine.stats().inFlight, 0)
  })
})

describe('a response guard', () => {
  const guard = (responseGuard: object, mode = 'enforce') => gateway.apply({ targets: [target()], policies: [{ name: 'bounded', mode, responseGuard }], route: { responseGuardPolicy: 'bounded' } })
  const raw = async (method = 'GET') => {
    const client = await connectRaw(gateway.port)
    client.send(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`)
    const response = await client.response(method)
    client.destroy()
    return response
  }
  const refused = (reason: string) => gateway.engine.stats().refusals.filter((one) => one.policy === 'bounded' && one.reason === reason)

  test('refuses what is announced as too large, and cuts what turns out so', async () => {
    guard({ maxBodyBytes: 1_000 })
    answer = asText({ 'content-length': String(TEXT.length) })
    const announced = await raw()
    assert.deepEqual([announced.status, announced.headers.get('x-gateway-error')], [502, 'response_too_large'])
    answer = (_request, response) => {
      response.writeHead(200)
      response.write('x'.repeat(600))
      setTimeout(() => response.end('y'.repeat(600)), 50)
    }
    const cut = await raw()
    assert.deepEqual([cut.status, cut.isWhole], [200, false])
    answer = asText({}, 'z'.repeat(1_000))
    assert.equal((await raw()).body.length, 1_000)
    assert.equal(refused('too_large')[0]?.count, 2)
  })

  test('does not refuse a length that is told without a body', async () => {
    guard({ maxBodyBytes: 1_000 })
    const before = refused('too_large')[0]?.count
    answer = asText({ 'content-length': String(TEXT.length) })
    const head = await raw('HEAD')
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(TEXT.length)])
    answer = (_request, response) => response.writeHead(304, { 'content-length': '5000' }).end()
    assert.equal((await raw()).status, 304)
    assert.equal(refused('too_large')[0]?.count, before)
  })

  test('gives the head, and the body, a time', async () => {
    guard({ headTimeoutMs: 300 })
    answer = () => {}
    assert.equal((await raw()).headers.get('x-gateway-error'), 'response_head_timeout')
    guard({ bodyTimeoutMs: 300 })
    answer = (_request, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'), 50)
      response.on('close', () => clearInterval(timer))
    }
    assert.equal((await raw()).isWhole, false)
    assert.equal(refused('body_timeout')[0]?.count, 1)
  })

  test('that only observes counts once and lets it be', async () => {
    guard({ maxBodyBytes: 10, headTimeoutMs: 100 }, 'observe')
    answer = (_request, response) => setTimeout(() => response.end('x'.repeat(5_000)), 400)
    assert.equal((await raw()).body.length, 5_000)
    assert.equal(gateway.engine.stats().refusals.filter(({ policy, enforced }) => policy === 'bounded' && !enforced).reduce((sum, { count }) => sum + count, 0), 1)
  })
})
