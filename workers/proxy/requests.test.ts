import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { ask, connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

let origin: ScriptedOrigin
let gateway: EngineUnderTest
let heads: string[]

beforeEach(async () => {
  heads = []
  origin = await startScriptedOrigin(
    answering((head) => {
      heads.push(head)
      return ok(head.split(' ')[1] ?? '')
    })
  )
  gateway = await startEngine({ targets: [origin.url] })
})

afterEach(async () => {
  await gateway.stop()
  await origin.stop()
})

const get = (path: string, ...fields: string[]) => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`

test('the head that the origin gets is written anew', async () => {
  await ask(gateway.port, get('/x/../y%7e?q=%20', 'X-Forwarded-For: 6.6.6.6', 'Forwarded: for=6.6.6.6', 'X-Thing:   1', 'Connection: x-drop', 'X-Drop: 1'))
  const [head = ''] = heads
  const id = /X-Request-Id: (\S+)\r\n/.exec(head)?.[1]
  assert.equal(head, `GET /y~?q=%20 HTTP/1.1\r\nHost: 127.0.0.1:${origin.port}\r\nX-Thing: 1\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a.test\r\nX-Request-Id: ${id}\r\n\r\n`)
})

test('pipelined requests are answered in order, also in one piece with others', async () => {
  const client = await connectRaw(gateway.port)
  client.send(get('/1') + get('/2') + 'POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n' + get('/4'))
  for (const path of ['/1', '/2', '/3', '/4']) assert.equal((await client.response()).body, path)
  client.destroy()
})

test('random segmentation of pipelined requests gives the same answers', async () => {
  const text = get('/1', 'X: 1') + `POST /2 HTTP/1.1\r\nHost: a\r\n\r\n` + get('/3?x')
  for (const size of [1, 2, 3, 5, 17, 64]) {
    const client = await connectRaw(gateway.port)
    for (let at = 0; at < text.length; at += size) {
      client.send(text.slice(at, at + size))
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const path of ['/1', '/2', '/3?x']) assert.equal((await client.response()).body, path, `pieces of ${size}`)
    client.destroy()
  }
})

test('an origin connection serves many requests, one after the other', async () => {
  for (let index = 0; index < 5; index++) await ask(gateway.port, get(`/${index}`))
  assert.equal(origin.peers.length, 1)
})

test('HTTP/1.0 without keep-alive gets an answer and the end', async () => {
  const client = await connectRaw(gateway.port)
  client.send('GET /old HTTP/1.0\r\nHost: a\r\n\r\n')
  const { body, headers } = await client.response()
  assert.deepEqual([body, headers.get('connection')], ['/old', 'close'])
  await client.closed()
})

test('HTTP/1.0 with keep-alive goes on', async () => {
  const client = await connectRaw(gateway.port)
  for (let index = 0; index < 2; index++) {
    client.send('GET /old HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n')
    assert.equal((await client.response()).headers.get('connection'), 'keep-alive')
  }
  client.destroy()
})

test('Connection: close is kept', async () => {
  const client = await connectRaw(gateway.port)
  client.send(get('/', 'Connection: close'))
  assert.equal((await client.response()).headers.get('connection'), 'close')
  await client.closed()
})

test('a half-closed client still gets its answer', async () => {
  const client = await connectRaw(gateway.port, { allowHalfOpen: true })
  client.socket.end(get('/half'), 'latin1')
  assert.equal((await client.response()).body, '/half')
  await client.until('the gateway ends too', () => client.hasEnded)
  client.destroy()
})

test('one empty line before a request is let pass, two are not', async () => {
  assert.equal((await ask(gateway.port, `\r\n${get('/x')}`)).body, '/x')
  assert.equal((await ask(gateway.port, `\r\n\r\n${get('/x')}`)).status, 400)
})

const refused: [string, string, number, string][] = [
  ['bare line feeds', 'GET / HTTP/1.1\nHost: a\n\n', 400, 'bad_header_field'],
  ['dot segments above the root', get('/../x'), 400, 'bad_request_target'],
  ['encoded NUL', get('/%00'), 400, 'bad_request_target'],
  ['backslash', get('/a\\b'), 400, 'bad_request_target'],
  ['malformed triplet', get('/%zz'), 400, 'bad_request_target'],
  ['both framings', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400, 'bad_transfer_encoding'],
  ['unknown coding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n', 501, 'unknown_transfer_coding'],
  ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', 405, 'method_not_allowed'],
  ['HTTP/2.0', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505, 'http_version_not_supported'],
  ['a head that is too large', get('/', `X: ${'x'.repeat(40_000)}`), 431, 'header_too_large'],
  ['a target that is too long', `GET /${'x'.repeat(40_000)}`, 414, 'uri_too_long'],
  ['too many fields', get('/', ...Array.from({ length: 101 }, () => 'X: 1')), 431, 'too_many_header_fields'],
  ['bytes that are not HTTP', '\x16\x03\x01\x02\x00\r\n\r\n', 400, 'bad_request_line']
]

for (const [name, text, status, code] of refused) {
  test(`refused, and the connection closed: ${name}`, async () => {
    const client = await connectRaw(gateway.port)
    client.send(text)
    const response = await client.response()
    assert.equal(response.status, status)
    assert.equal(response.headers.get('x-gateway-error'), code)
    await client.closed()
    assert.equal(heads.length, 0, 'nothing reaches the origin')
  })
}

test('what is sent behind a refused request is not served', async () => {
  const client = await connectRaw(gateway.port)
  client.send(`GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n${get('/smuggled')}`)
  assert.equal((await client.response()).status, 400)
  await client.closed()
  assert.equal(client.received, '')
  assert.equal(heads.length, 0)
})

test('answers of the gateway come in the format that the client accepts', async () => {
  gateway.apply({ targets: [origin.url], route: { match: { path: { type: 'exact', value: '/only' } } } })
  const types: [string, RegExp, RegExp][] = [
    ['application/json', /^application\/json/, /"code":"no_route"/],
    ['text/html,*/*', /^text\/html/, /<h1>404 Not Found/],
    ['*/*', /^text\/plain/, /no_route/]
  ]
  for (const [accept, type, body] of types) {
    const response = await ask(gateway.port, get('/other', `Accept: ${accept}`))
    assert.equal(response.status, 404)
    assert.match(response.headers.get('content-type') ?? '', type)
    assert.match(response.body, body)
    assert.ok(response.body.includes(response.headers.get('x-request-id') ?? '-'))
  }
})

test('a 404 keeps the connection', async () => {
  gateway.apply({ targets: [origin.url], route: { match: { path: { type: 'exact', value: '/only' } } } })
  const client = await connectRaw(gateway.port)
  client.send(get('/other') + get('/only') + get('/other') + get('/only'))
  for (let round = 0; round < 2; round++) {
    assert.equal((await client.response()).status, 404)
    assert.equal((await client.response()).body, '/only')
  }
  client.destroy()
})

test('routes: host, prefix, exact, method and priority decide', async () => {
  const other = await startScriptedOrigin(answering(ok('other')))
  const match = (fields: object) => ({ match: { path: { type: 'prefix', value: '/' }, ...fields } })
  gateway.apply({ targets: [origin.url], routes: [{ ...match({ hosts: ['*.shop.test'] }), upstreamId: '00000000-0000-7000-8000-000000000002' }], route: match({ hosts: ['a.test'], methods: ['GET'] }) })
  const status = async (text: string) => (await ask(gateway.port, text)).status
  assert.equal(await status(get('/x')), 200)
  assert.equal(await status('POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n'), 404)
  assert.equal(await status('GET / HTTP/1.1\r\nHost: eu.shop.test\r\n\r\n'), 200)
  assert.equal(await status('GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n'), 404)
  await other.stop()
})

test('header timeout: 408 for a half head, silence for none', async () => {
  gateway.apply({ targets: [origin.url], listener: { limits: { headerTimeoutMs: 300 } } })
  const half: RawClient = await connectRaw(gateway.port)
  const silent = await connectRaw(gateway.port)
  half.send('GET / HTTP/1.1\r\nHo')
  assert.equal((await half.response()).status, 408)
  await half.closed()
  await silent.until('the gateway ends it', () => silent.hasEnded)
  assert.equal(silent.received, '')
  silent.destroy()
})

test('idle timeout: a kept connection ends', async () => {
  gateway.apply({ targets: [origin.url], listener: { limits: { idleTimeoutMs: 200 } } })
  const client = await connectRaw(gateway.port)
  client.send(get('/'))
  await client.response()
  await client.until('the gateway ends it', () => client.hasEnded)
  client.destroy()
})

test('connections over the limit of the listener get 503', async () => {
  gateway.apply({ targets: [origin.url], listener: { limits: { maxConnections: 2 } } })
  const kept = [await connectRaw(gateway.port), await connectRaw(gateway.port)]
  for (const client of kept) {
    client.send(get('/'))
    await client.response()
  }
  const over = await connectRaw(gateway.port)
  assert.equal((await over.response()).headers.get('x-gateway-error'), 'too_many_connections')
  await over.closed()
  for (const client of kept) client.destroy()
})

test('a port that goes away: the current answer is the last, idle connections end', async () => {
  const [busy, idle] = [await connectRaw(gateway.port), await connectRaw(gateway.port)]
  gateway.engine.closeEndpoint({ address: '0.0.0.0', port: gateway.port, protocol: 'http' })
  busy.send(get('/last'))
  const response = await busy.response()
  assert.deepEqual([response.body, response.headers.get('connection')], ['/last', 'close'])
  await idle.until('the idle one ends', () => idle.hasEnded)
  busy.destroy()
  idle.destroy()
})

test('a defect of our own cuts one connection and leaves the others', async () => {
  const [hit, other] = [await connectRaw(gateway.port), await connectRaw(gateway.port)]
  other.send(get('/before'))
  await other.response()
  const original = String.prototype.indexOf
  String.prototype.indexOf = function (this: string, ...values: Parameters<typeof original>) {
    if (this.includes('trip the wire')) throw new Error('tripped')
    return Reflect.apply(original, this, values) as number
  }
  try {
    hit.send('GET /trip HTTP/1.1\r\nHost: a\r\nX: trip the wire\r\n\r\n')
    await hit.closed()
  } finally {
    String.prototype.indexOf = original
  }
  other.send(get('/after'))
  assert.equal((await other.response()).body, '/after')
  assert.equal(gateway.engine.stats().byCode['defect'], 1)
})
