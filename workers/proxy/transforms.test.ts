import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

let origin: ScriptedOrigin
let gateway: EngineUnderTest
let client: RawClient
let response: string
let heads: string[]

before(async () => {
  origin = await startScriptedOrigin(answering((head) => {
    heads.push(head)
    return response
  }))
  gateway = await startEngine({ targets: [origin.url] })
})

after(async () => {
  await gateway.stop()
  await origin.stop()
})

beforeEach(async () => {
  client?.destroy()
  client = await connectRaw(gateway.port)
  response = ok('hi', 'Server: origin\r\n')
  heads = []
})

/** The lines of such fields in the last head that the origin got. */
const lines = (name: RegExp): string[] => heads.at(-1)!.split('\r\n').filter((line) => name.test(line))

/** Applies a route with these fields, and asks it. */
async function ask(route: object, request = 'GET /a/b?x=1 HTTP/1.1\r\nHost: shop.example:8080\r\nX-Forwarded-For: 1.1.1.1\r\nAccept: text/plain\r\n\r\n', method = 'GET') {
  gateway.apply({ targets: [origin.url], route })
  client.send(request)
  return client.response(method)
}

test('the origin gets the request as the transforms make it, and the gateway owns what it owns', async () => {
  await ask({ transforms: [{ PathRemovePrefix: '/a' }, { QueryValueParameter: 'y', Set: '2' }, { RequestHeader: 'X-New', Set: '${client.ip}' }, { RequestHeader: 'X-Request-Id', Set: 'forged' }, { RequestHeaderOriginalHost: 'true' }] })
  const [head] = heads
  assert.match(head!, /^GET \/b\?x=1&y=2 HTTP\/1\.1\r\nHost: shop\.example:8080\r\n/)
  assert.match(head!, /\r\nX-New: 127\.0\.0\.1\r\n/)
  assert.match(head!, /\r\nX-Forwarded-For: 127\.0\.0\.1\r\n/)
  assert.match(head!, /\r\nX-Request-Id: [0-9a-f]{16}-\w+\r\n\r\n$/)
  assert.deepEqual([lines(/^x-request-id:/i).length, lines(/^x-forwarded-for:/i).length], [1, 1])
})

test('what the gateway owns leaves once and not forged, whatever transforms write', async () => {
  const match = { path: { type: 'pattern', value: '/{id}' } }
  const transforms = ['X-Tenant-Code', 'x-tenant-source', 'X-Request-Id', 'X-Forwarded-For'].flatMap((name) => [{ RequestHeaderRouteValue: name, Set: 'id' }, { RequestHeader: name, Append: 'evil' }])
  for (const tenant of ['', 'X-Tenant-Code: good\r\n']) {
    await ask({ match, transforms }, `GET /evil HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: evil\r\nX-Tenant-Source: evil\r\n${tenant}\r\n`)
    assert.deepEqual(lines(/^x-(?:tenant|forwarded-for)/i), ['X-Forwarded-For: 127.0.0.1', ...(tenant === '' ? [] : ['X-Tenant-Code: good', 'X-Tenant-Source: header'])])
    assert.deepEqual([lines(/^x-request-id/i).length, lines(/evil/)], [1, ['GET /evil HTTP/1.1']])
  }
})

test('X-Forwarded: Append believes the client, Off passes it on', async () => {
  await ask({ transforms: [{ 'X-Forwarded': 'Append' }] })
  await ask({ transforms: [{ 'X-Forwarded': 'Off' }] })
  assert.match(heads[0]!, /\r\nX-Forwarded-For: 1\.1\.1\.1, 127\.0\.0\.1\r\n/)
  assert.match(heads[1]!, /\r\nX-Forwarded-For: 1\.1\.1\.1\r\n/)
  assert.doesNotMatch(heads[1]!, /X-Forwarded-Host/)
})

test('X-Forwarded: Off leaves the client no way around the other transforms', async () => {
  const off = { 'X-Forwarded': 'Off' }
  for (const [transform, wanted] of [
    [{ RequestHeader: 'X-Forwarded-For', Set: '10.0.0.1' }, ['X-Forwarded-For: 10.0.0.1']],
    [{ RequestHeaderRemove: 'X-Forwarded-For' }, []],
    [{ RequestHeadersCopy: 'false' }, []],
    [{ RequestHeadersAllowed: 'Accept' }, []]
  ] as const) {
    await ask({ transforms: [off, transform] })
    assert.deepEqual(lines(/^x-forwarded/i), wanted)
  }
})

test('a changed method goes to the origin, and the answer fits the client', async () => {
  const { body } = await ask({ transforms: [{ HttpMethodChange: 'GET', Set: 'POST' }] })
  assert.equal(body, 'hi')
  assert.match(heads[0]!, /^POST /)
})

test('response headers: changed on success, framing is the gateway\'s', async () => {
  const { headers, body } = await ask({ transforms: [{ ResponseHeader: 'Server', Set: 'gateway' }, { ResponseHeader: 'X-Fail', Set: '1', When: 'Failure' }, { ResponseHeadersAllowed: 'server' }] })
  assert.deepEqual([headers.get('server'), headers.get('x-fail'), headers.get('content-length'), body], ['gateway', undefined, '2', 'hi'])
})

test('response trailers: changed and added', async () => {
  response = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n'
  gateway.apply({ targets: [origin.url], route: { transforms: [{ ResponseTrailerRemove: 'X-Sum' }, { ResponseTrailer: 'X-Done', Set: 'yes' }] } })
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.until('the end', ({ received }) => received.includes('0\r\nX-Done: yes\r\n\r\n'))
  assert.doesNotMatch(client.received, /X-Sum/)
})

test('an answer of the gateway itself carries what is for failures', async () => {
  response = 'rubbish\r\n\r\n'
  const { status, headers } = await ask({ transforms: [{ ResponseHeader: 'X-Fail', Set: '1', When: 'Failure' }, { ResponseHeader: 'X-Good', Set: '1' }] })
  assert.deepEqual([status, headers.get('x-fail'), headers.get('x-good'), headers.get('x-gateway-error')], [502, '1', undefined, 'bad_response'])
})

test('PathPattern: values stand in the new path as in the old one', async () => {
  const rows: [pattern: string, wanted: string, path: string, sent: string][] = [
    ['/api/{**rest}', '{**rest}', '/api/a%2Fb', '/a%2Fb'],
    ['/api/{**rest}', '/my/{**rest}', '/api/a%252Fb', '/my/a%252Fb'],
    ['/api/{**rest}', '/my/{**rest}', '/api/%FF/%E2%82%AC%3F/', '/my/%FF/%E2%82%AC%3F/'],
    ['/api/{*rest}', '/my/{*rest}', '/api/a/b%2Fc', '/my/a%2Fb%2Fc'],
    ['/api/{a}-{b}', '/{b}/{a}', '/api/x%2F%C3%BC-%2525', '/%2525/x%2F%C3%BC'],
    ['/api/{a=one two}', '/my/{a}', '/api', '/my/one%20two'],
    ['/api/{a}-{b}', '/my/{a}/{b}', '/api/..-admin', '/my/admin']
  ]
  for (const [pattern, wanted, path, sent] of rows) {
    await ask({ match: { path: { type: 'pattern', value: pattern } }, transforms: [{ PathPattern: wanted }] }, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
    assert.equal(heads.at(-1)!.split(' ')[1], sent)
  }
})

test('PathPattern: what another reading of the path gave is encoded', async () => {
  const policies = [{ name: 'staff', authorization: { anonymous: true, ipAllow: ['127.0.0.0/8'] } }]
  const route = { match: { path: { type: 'pattern', value: '/adm/{id}' } }, authorizationPolicy: 'staff', transforms: [{ PathPattern: '/my/{id}' }] }
  gateway.apply({ targets: [origin.url], policies, route })
  client.send('GET //adm/a%0D%0AX-Evil:%201%3F HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.equal((await client.response()).status, 200)
  assert.match(heads[0]!, /^GET \/my\/a%0D%0AX-Evil:%201%3F HTTP/)
})

test('forwardPath raw: the path as the client wrote it', async () => {
  await ask({ forwardPath: 'raw' }, 'GET /a/%7Eb/../c HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.match(heads[0]!, /^GET \/a\/%7Eb\/\.\.\/c HTTP/)
})

const action = (fields: object) => ({ upstreamId: undefined, ...fields })

test('answers of the gateway itself are successes and failures by their own status', async () => {
  const transforms = ['Success', 'Failure', 'Always'].map((When) => ({ ResponseHeader: `X-${When}`, Set: '1', When }))
  const rows: [object, number, string[]][] = [
    [action({ respond: { status: 200, body: 'x' } }), 200, ['success', 'always']],
    [action({ redirect: { to: 'https://{host}{path}', status: 308 } }), 308, ['success', 'always']],
    [action({ respond: { status: 404 } }), 404, ['failure', 'always']],
    [{ maintenance: { enabled: true } }, 503, ['failure', 'always']],
    [{ maxRequestBodyBytes: 1 }, 413, ['failure', 'always']]
  ]
  for (const [route, wanted, told] of rows) {
    const { status, headers } = await ask({ ...route, transforms }, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab')
    assert.deepEqual([status, ['success', 'failure', 'always'].filter((name) => headers.has(`x-${name}`))], [wanted, told])
    client.destroy()
    client = await connectRaw(gateway.port)
  }
})

test('redirect: path, query and host are filled in', async () => {
  const { status, headers } = await ask(action({ redirect: { to: 'https://{host}/new{path}{query}', status: 307 } }))
  assert.deepEqual([status, headers.get('location'), headers.get('content-length')], [307, 'https://shop.example/new/a/b?x=1', '0'])
  assert.equal(heads.length, 0)
})

test('respond: status, headers and body, also for HEAD; the connection is kept', async () => {
  const route = action({ respond: { status: 418, headers: { 'X-Tea': 'yes' }, body: 'grün' } })
  const { status, headers, body } = await ask(route)
  assert.deepEqual([status, headers.get('x-tea'), Buffer.from(body, 'latin1').toString('utf8'), headers.get('x-gateway-error')], [418, 'yes', 'grün', undefined])
  const head = await ask(route, 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', 'HEAD')
  assert.deepEqual([head.status, head.headers.get('content-length')], [418, '5'])
})

test('maintenance goes before everything, with Retry-After', async () => {
  const { status, headers, body } = await ask({ maintenance: { enabled: true, retryAfterSeconds: 60, body: '<p>back soon</p>' }, transforms: [{ ResponseHeader: 'X-Fail', Set: '1', When: 'Failure' }] })
  assert.deepEqual([status, headers.get('retry-after'), headers.get('x-gateway-error'), headers.get('content-type'), headers.get('x-fail'), body], [503, '60', 'maintenance', 'text/html; charset=utf-8', '1', '<p>back soon</p>'])
})

test('split: by weight; sticky keeps a client', async () => {
  const other = await startScriptedOrigin(answering(ok('other')))
  const id = '00000000-0000-7000-8000-000000000200'
  const route = (extra: object) => action({ split: [{ upstreamId: '00000000-0000-7000-8000-000000000002', weight: 1 }, { upstreamId: id, weight: 3 }], ...extra })
  const upstreams = [{ id, targets: [{ id: 'o', address: other.url }] }]
  const count = async (extra: object): Promise<number> => {
    gateway.apply({ targets: [origin.url], upstreams, route: route(extra) })
    let others = 0
    for (let round = 0; round < 200; round++) {
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      if ((await client.response()).body === 'other') others++
    }
    return others
  }
  const others = await count({})
  assert.ok(others > 110 && others < 190, String(others))
  assert.ok([0, 200].includes(await count({ splitSticky: true })))
  await other.stop()
})

test('a secret goes to the origin, is exchanged in place, and no request goes out without it', async () => {
  const route = { transforms: [{ RequestHeader: 'Authorization', Set: 'Bearer ${secret:shop}' }] }
  const missing = await ask(route)
  assert.deepEqual([missing.status, missing.headers.get('x-gateway-error'), heads.length], [503, 'secret_missing', 0])
  for (const value of ['first', 'second']) {
    gateway.engine.useCredentials({ certificates: [], fleetKey: null, secrets: [{ name: 'shop', value }] })
    await ask(route)
  }
  assert.deepEqual(heads.map((head) => /\r\nAuthorization: (.*)\r\n/.exec(head)?.[1]), ['Bearer first', 'Bearer second'])
})
