import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import net from 'node:net'
import { afterEach, before, beforeEach, describe, test } from 'node:test'
import tls from 'node:tls'
import { WebSocket, WebSocketServer } from 'ws'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import type { Credential } from '../credential.ts'
import { type EngineUnderTest, startEngine, type TestConfiguration } from '../testing/engine-under-test.ts'
import { makeAuthority, makeCredential, type TestAuthority } from '../testing/make-certificate.ts'
import { connectRaw, RawClient } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

const ID = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

let origin: ScriptedOrigin
let gateway: EngineUnderTest
let heads: string[]

beforeEach(async () => {
  heads = []
  origin = await startScriptedOrigin(answering((head) => {
    heads.push(head)
    return ok('hi')
  }))
  gateway = await startEngine({ targets: [origin.url] })
})

afterEach(async () => {
  await gateway.stop()
  await origin.stop()
})

const use = (listener: object, more: Partial<TestConfiguration> = {}) => gateway.apply({ targets: [origin.url], listener, ...more })
const field = (name: string): string | undefined => new RegExp(`\\r\\n${name}: (.*)\\r\\n`, 'i').exec(heads.at(-1) ?? '')?.[1]

async function ask(...fields: string[]) {
  const client = await connectRaw(gateway.port)
  client.send(`GET / HTTP/1.1\r\nHost: here.test\r\n${fields.map((line) => `${line}\r\n`).join('')}\r\n`)
  const response = await client.response()
  client.destroy()
  return response
}

describe('what a proxy says about the client', () => {
  const said = ['X-Forwarded-For: 198.51.100.7', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.test:8443', 'X-Tenant-Code: acme']

  test('counts for nothing from whoever is not trusted', async () => {
    use({ trustedProxies: ['10.0.0.0/8'], tenantHeader: { acceptFrom: 'trustedProxies' } })
    await ask(...said)
    assert.deepEqual([field('X-Forwarded-For'), field('X-Forwarded-Proto'), field('X-Forwarded-Host'), field('X-Tenant-Code')], ['127.0.0.1', 'http', 'here.test', undefined])
    assert.equal(gateway.records.at(-1)?.clientAddress, '127.0.0.1')
  })

  test('is believed from a trusted one: by routes, transforms, records and the tenant', async () => {
    use({ trustedProxies: ['127.0.0.0/8'], tenantHeader: { acceptFrom: 'trustedProxies' } }, { routes: [{ match: { hosts: ['shop.test:8443'], path: { type: 'prefix', value: '/' } }, transforms: [{ RequestHeader: 'X-Route', Set: 'shop ${client.ip}' }] }] })
    await ask(...said)
    assert.deepEqual([field('X-Forwarded-For'), field('X-Forwarded-Proto'), field('X-Forwarded-Host'), field('X-Tenant-Code'), field('X-Route')], ['198.51.100.7', 'https', 'shop.test:8443', 'acme', 'shop 198.51.100.7'])
    assert.equal(gateway.records.at(-1)?.clientAddress, '198.51.100.7')
    await ask()
    assert.deepEqual([field('X-Forwarded-For'), field('X-Forwarded-Proto'), field('X-Forwarded-Host')], ['127.0.0.1', 'http', 'here.test'], 'the next request is another one')
  })

  test('decides whether a request is sent to https', async () => {
    use({ trustedProxies: ['127.0.0.1/32'], redirectToHttps: {} })
    assert.equal((await ask('X-Forwarded-Proto: https')).status, 200)
    const { status, headers } = await ask('X-Forwarded-Host: shop.test')
    assert.deepEqual([status, headers.get('location')], [308, 'https://shop.test/'])
  })

  test('that makes no sense is left out of account', async () => {
    use({ trustedProxies: ['127.0.0.1/32'] })
    assert.equal((await ask('X-Forwarded-For: nobody', 'X-Forwarded-Host: a b', 'X-Forwarded-Proto: ftp')).status, 200)
    assert.deepEqual([field('X-Forwarded-For'), field('X-Forwarded-Proto'), field('X-Forwarded-Host')], ['127.0.0.1', 'http', 'here.test'])
  })

  test('is passed on by Append with the proxy behind it', async () => {
    use({ trustedProxies: ['127.0.0.1/32'] }, { route: { transforms: [{ 'X-Forwarded': 'Append' }] } })
    await ask('X-Forwarded-For: 198.51.100.7')
    assert.equal(field('X-Forwarded-For'), '198.51.100.7, 127.0.0.1')
  })
})

describe('with PROXY protocol', () => {
  const V1 = 'PROXY TCP4 198.51.100.7 203.0.113.1 40000 443\r\n'
  let authority: TestAuthority
  let certificate: Credential

  before(async () => {
    authority = await makeAuthority()
    certificate = await makeCredential(ID(500), ['here.test'], authority)
  })

  async function through(header: string | Buffer, rest = 'GET / HTTP/1.1\r\nHost: here.test\r\n\r\n'): Promise<RawClient> {
    const client = await connectRaw(gateway.port)
    client.socket.write(Buffer.concat([Buffer.from(header as string, 'latin1'), Buffer.from(rest, 'latin1')]))
    return client
  }

  test('the client is whom the header names; requests go on behind it', async () => {
    use({ proxyProtocol: true }, { route: { transforms: [{ Forwarded: 'for,by', ForFormat: 'IpAndPort', ByFormat: 'IpAndPort' }] } })
    const v2 = Buffer.from('0d0a0d0a000d0a515549540a2111000cc6336407cb0071019c4001bb', 'hex')
    for (const header of [V1, v2.toString('latin1')]) {
      const client = await through(header)
      assert.equal((await client.response()).status, 200)
      assert.equal(field('Forwarded'), 'for="198.51.100.7:40000";by="203.0.113.1:443"')
      client.send('POST / HTTP/1.1\r\nHost: here.test\r\nContent-Length: 200000\r\n\r\n' + 'x'.repeat(200_000))
      assert.equal((await client.response()).status, 200)
      client.destroy()
    }
    assert.deepEqual(gateway.records.map(({ clientAddress }) => clientAddress), Array<string>(4).fill('198.51.100.7'))
  })

  test('a header in pieces is put together; a proxy that asks for itself is the client', async () => {
    use({ proxyProtocol: true })
    const client = await connectRaw(gateway.port)
    for (const byte of `${V1}GET / HTTP/1.1\r\nHost: h\r\n\r\n`) {
      client.send(byte)
      if (byte === '0') await new Promise((resolve) => setTimeout(resolve, 5))
    }
    assert.equal((await client.response()).status, 200)
    assert.equal(field('X-Forwarded-For'), '198.51.100.7')
    client.destroy()
    const health = await through('PROXY UNKNOWN\r\n')
    assert.equal((await health.response()).status, 200)
    assert.equal(field('X-Forwarded-For'), '127.0.0.1')
    health.destroy()
  })

  test('HTTPS, HTTP/2 and WebSockets come behind it', async (t) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    t.after(() => server.close())
    await once(server, 'listening')
    server.on('connection', (socket, request) => socket.on('message', (data) => socket.send(`${request.headers['x-forwarded-for']} ${data}`)))
    const sockets = [{ id: ID(2), targets: [{ id: 'a', address: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}` }] }]
    use({ proxyProtocol: true, protocol: 'https', tlsPolicyId: ID(400) }, { tlsPolicies: [{ certificateIds: [certificate.id] }], routes: [{ match: { websocket: true, path: { type: 'prefix', value: '/' } }, upstreamId: ID(200) }], upstreams: [{ targets: sockets[0]!.targets }] })
    gateway.engine.useCredentials({ certificates: [certificate], fleetKey: Buffer.alloc(32).toString('base64') })
    const secure = async (protocols: string[]): Promise<tls.TLSSocket> => {
      const raw = net.connect(gateway.port, '127.0.0.1')
      raw.write(V1)
      const socket = tls.connect({ socket: raw, ca: authority.pem, servername: 'here.test', ALPNProtocols: protocols })
      await once(socket, 'secureConnect')
      return socket
    }
    const http1 = new RawClient(await secure(['http/1.1']))
    http1.send('GET / HTTP/1.1\r\nHost: here.test\r\n\r\n')
    assert.equal((await http1.response()).status, 200)
    assert.deepEqual([field('X-Forwarded-For'), field('X-Forwarded-Proto')], ['198.51.100.7', 'https'])
    http1.destroy()

    const tlsSocket = await secure(['h2'])
    const session = http2.connect('https://here.test', { createConnection: () => tlsSocket })
    const stream = session.request({ ':path': '/two' })
    stream.end()
    const [headers] = await once(stream, 'response') as [http2.IncomingHttpHeaders]
    assert.deepEqual([headers[':status'], field('X-Forwarded-For')], [200, '198.51.100.7'])
    stream.resume()
    session.destroy()

    const webSocketTls = await secure(['http/1.1'])
    const socket = new WebSocket('ws://here.test/', { createConnection: (() => webSocketTls) as never })
    await once(socket, 'open')
    socket.send('hello')
    assert.equal(String((await once(socket, 'message'))[0]), '198.51.100.7 hello')
    socket.terminate()
  })

  test('a connection without it, or with a broken one, is cut; one that is slow too', async () => {
    use({ proxyProtocol: true, limits: { headerTimeoutMs: 300 } })
    for (const header of ['GET / HTTP/1.1\r\nHost: h\r\n\r\n', 'PROXY TCP4 1.1.1.1\r\n', 'PROXY TCP4 1.1']) {
      const client = await through(header, '')
      await once(client.socket, 'close')
      assert.equal(client.received, '')
    }
    await waitUntil(() => gateway.engine.stats().connections === 0, { ms: 2_000, what: 'no connection to be left' })
    const { byCode } = gateway.engine.stats()
    assert.deepEqual([byCode['bad_proxy_header'], byCode['proxy_header_timeout']], [2, 1])
    assert.equal(heads.length, 0)
  })

  test('only trusted proxies may connect, if there are any; a client that they name may be one too', async () => {
    use({ proxyProtocol: true, trustedProxies: ['10.0.0.0/8'] })
    const refused = await through(V1)
    assert.equal((await refused.response()).headers.get('x-gateway-error'), 'proxy_not_trusted')
    refused.destroy()
    use({ proxyProtocol: true, trustedProxies: ['127.0.0.1/32', '198.51.100.7/32'] })
    const client = await through(V1, 'GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n')
    assert.equal((await client.response()).status, 200)
    assert.equal(field('X-Forwarded-For'), '192.0.2.9')
    client.destroy()
  })

  test('connections are counted for the client, not for the proxy', async () => {
    use({ proxyProtocol: true, limits: { maxConnectionsPerClient: 1 } })
    const first = await through(V1)
    assert.equal((await first.response()).status, 200)
    const second = await through(V1)
    assert.equal((await second.response()).headers.get('x-gateway-error'), 'too_many_client_connections')
    const other = await through(V1.replace('198.51.100.7', '198.51.100.8'))
    assert.equal((await other.response()).status, 200)
    for (const client of [first, second, other]) client.destroy()
    await waitUntil(() => gateway.engine.stats().connections === 0, { ms: 2_000, what: 'no connection to be left' })
    const third = await through(V1)
    assert.equal((await third.response()).status, 200)
    third.destroy()
  })
})
