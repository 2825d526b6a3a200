import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import { WebSocket, WebSocketServer } from 'ws'
import { ticketDay } from '../../shared/schema/sealed.ts'
import type { Credential } from '../credential.ts'
import { type EngineUnderTest, startEngine, type TestConfiguration } from '../testing/engine-under-test.ts'
import { makeAuthority, makeCredential, type TestAuthority } from '../testing/make-certificate.ts'
import { RawClient } from '../testing/raw-client.ts'
import { pem } from '../testing/seal-certificate.ts'

const ID = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
/** RSA of 1024 bits: OpenSSL reads it, and shows it to nobody. */
const WEAK = { certificatePem: pem('weak.pem'), privateKeyPem: pem('weak.key') }
const FLEET_KEY = Buffer.alloc(32, 7).toString('base64')
const TICKET_KEYS = [-1, 0, 1].map((days) => ({ day: ticketDay(Date.now()) + days, key: Buffer.alloc(32, 9 + days).toString('base64') }))

let authority: TestAuthority
let exact: Credential
let wildcard: Credential
let fallback: Credential
let origin: Server
let heads: Record<string, unknown>[]
let gateway: EngineUnderTest

before(async () => {
  authority = await makeAuthority()
  exact = await makeCredential(ID(500), ['a.test', 'other.test'], authority)
  wildcard = await makeCredential(ID(501), ['*.test'], authority)
  fallback = await makeCredential(ID(502), ['default.example'], authority)
})

const secure = (policy: object = {}, more: object = {}): Pick<TestConfiguration, 'listener' | 'tlsPolicies'> => ({
  listener: { protocol: 'https', tlsPolicyId: ID(400), ...more },
  tlsPolicies: [{ certificateIds: [exact.id, wildcard.id], defaultCertificateId: fallback.id, ...policy }]
})
const targets = (): string[] => [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`]
const use = (...certificates: Credential[]): void => gateway.engine.useCredentials({ certificates, fleetKey: FLEET_KEY, ticketKeys: TICKET_KEYS })

beforeEach(async () => {
  heads = []
  origin = createServer(async (request, response) => {
    heads.push({ ...request.headers })
    response.setHeader('strict-transport-security', 'max-age=1')
    response.end(await buffer(request))
  })
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  gateway = await startEngine({ targets: targets(), ...secure() })
  use(exact, wildcard, fallback)
})

afterEach(async () => {
  await gateway.stop()
  origin.closeAllConnections()
  origin.close()
})

const connect = async (options: tls.ConnectionOptions = {}): Promise<tls.TLSSocket> => {
  const socket = tls.connect({ port: gateway.port, host: '127.0.0.1', ca: authority.pem, servername: 'a.test', checkServerIdentity: () => undefined, ...options })
  await once(socket, 'secureConnect')
  return socket
}
const shown = async (options: tls.ConnectionOptions = {}): Promise<string> => {
  const socket = await connect(options)
  const { subject } = socket.getPeerCertificate()
  // Cut off now, the gateway might not have seen the end of the handshake.
  socket.resume().end()
  await once(socket, 'close')
  return String(subject.CN)
}
const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

test('requests over TLS are requests: what the origin hears of them, and their bodies', async () => {
  const agent = new https.Agent({ ca: authority.pem, keepAlive: true, maxSockets: 1 })
  const data = randomBytes(5_000_000)
  for (let round = 0; round < 3; round++) {
    const body = await new Promise<Buffer>((resolve, reject) => {
      const request = https.request({ agent, port: gateway.port, host: '127.0.0.1', servername: 'a.test', method: 'POST', headers: { host: 'a.test' } }, (response) => resolve(buffer(response)))
      request.on('error', reject)
      request.end(data)
    })
    assert.equal(createHash('sha1').update(body).digest('hex'), createHash('sha1').update(data).digest('hex'))
  }
  agent.destroy()
  assert.equal(heads[0]!['x-forwarded-proto'], 'https')
  const { handshakes, requests } = gateway.engine.stats()
  assert.deepEqual([handshakes, requests], [1, 3])
})

test('the affinity cookie carries Secure as the request does', async () => {
  for (const [securePolicy, isThere] of [['SameAsRequest', true], ['None', false]] as const) {
    gateway.apply({ targets: targets(), ...secure(), upstream: { sessionAffinity: { enabled: true, policy: 'HashCookie', keyName: 'Seat', cookie: { securePolicy } } } })
    const socket = await connect()
    const client = new RawClient(socket)
    client.send(GET)
    const cookie = (await client.response()).headers.get('set-cookie') ?? ''
    assert.deepEqual([cookie.startsWith('Seat='), cookie.includes('; secure')], [true, isThere], securePolicy)
    socket.destroy()
  }
})

test('the certificate is chosen by the name in any letter case: exact, wildcard for one label, default', async () => {
  for (const [servername, name] of [['a.test', 'a.test'], ['A.Test', 'a.test'], ['OTHER.test', 'a.test'], ['B.Test', '*.test'], ['x.y.test', 'default.example'], ['', 'default.example']] as const) {
    assert.equal(await shown({ servername }), name, servername)
  }
})

test('the listener can have a default of its own; without any, unknown names are refused and others served', async () => {
  gateway.apply({ targets: targets(), ...secure({}, { defaultCertificateId: wildcard.id }) })
  assert.equal(await shown({ servername: 'unknown.example' }), '*.test')
  gateway.apply({ targets: targets(), ...secure({ defaultCertificateId: undefined }) })
  await assert.rejects(shown({ servername: 'unknown.example' }), /handshake|no shared cipher|reset/i)
  assert.equal(await shown(), 'a.test')
  assert.equal(gateway.engine.stats().byCode['tls_handshake_failed'], 1)
})

test('a new certificate is used from the next handshake on, and open connections keep theirs', async () => {
  const socket = await connect()
  const client = new RawClient(socket)
  const next = await makeCredential(exact.id, ['a.test'], authority, 'the next one')
  use(next, wildcard, fallback)
  assert.equal(await shown(), 'the next one')
  client.send(GET)
  assert.equal((await client.response()).status, 200)
  socket.destroy()
})

test('a pair that cannot be served leaves the one before in its place, be it found by name or the default; the others are served', async () => {
  const pairs = { 'another key': { privateKeyPem: wildcard.privateKeyPem }, 'a weak key': WEAK, 'no certificate': { certificatePem: 'hello' } }
  for (const [what, pair] of Object.entries(pairs)) {
    for (const isAsked of [true, false]) {
      const next = await makeCredential(exact.id, ['a.test'], authority, `${what} ${isAsked}`)
      const nextFallback = await makeCredential(fallback.id, [], authority, `default ${what} ${isAsked}`)
      use(next, wildcard, nextFallback)
      if (isAsked) assert.equal(await shown(), `${what} ${isAsked}`)
      use({ ...next, ...pair }, wildcard, { ...nextFallback, ...pair })
      assert.equal(await shown(), `${what} ${isAsked}`, 'by name')
      assert.equal(await shown({ servername: 'unknown.example' }), `default ${what} ${isAsked}`)
      assert.equal(await shown({ servername: 'b.test' }), '*.test')
    }
  }
  use(exact, wildcard, fallback)
  assert.deepEqual([await shown(), await shown({ servername: '' })], ['a.test', 'default.example'])
})

test('a thread that starts with pairs that cannot be served serves the others: by the next name that fits, and by default', async () => {
  const second = await startEngine({ targets: targets() })
  second.engine.useCredentials({ certificates: [{ ...exact, ...WEAK }, wildcard, { ...fallback, ...WEAK }], fleetKey: FLEET_KEY, ticketKeys: TICKET_KEYS })
  second.apply({ targets: targets(), ...secure() })
  const { port } = second
  assert.equal(await shown({ port, servername: 'a.test' }), '*.test')
  await assert.rejects(shown({ port, servername: 'unknown.example' }))
  await assert.rejects(shown({ port, servername: '' }))
  second.engine.useCredentials({ certificates: [{ ...exact, ...WEAK }, wildcard, fallback], fleetKey: FLEET_KEY, ticketKeys: TICKET_KEYS })
  assert.equal(await shown({ port, servername: 'unknown.example' }), 'default.example')
  await second.stop()
})

test('a policy that TLS cannot be spoken by refuses handshakes and not the configuration; nobody is trusted whom it names in vain', async () => {
  gateway.apply({ targets: targets(), ...secure({ ciphers: 'NOPE' }) })
  await assert.rejects(connect())
  assert.equal(gateway.engine.stats().byCode['tls_handshake_failed'], 1)
  use(exact, wildcard, fallback)
  gateway.apply({ targets: targets(), ...secure({ maxVersion: 'TLSv1.2', clientAuth: { mode: 'require', caPem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' } }) })
  const own = await makeCredential('', [], authority, 'robot')
  await assert.rejects(connect({ cert: own.certificatePem, key: own.privateKeyPem }))
  gateway.apply({ targets: targets(), ...secure() })
  assert.equal(await shown(), 'a.test')
})

test('sessions are resumed on every thread and node, but not where other rules hold', async () => {
  const second = await startEngine({ targets: targets(), ...secure() }, {})
  second.engine.useCredentials({ certificates: [exact, wildcard, fallback], fleetKey: FLEET_KEY, ticketKeys: TICKET_KEYS })
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const first = await connect({ maxVersion })
    first.write(GET)
    const [[session]] = (await Promise.all([maxVersion === 'TLSv1.3' ? once(first, 'session') : [first.getSession()], once(first, 'data')])) as [[Buffer], unknown]
    const again = async (port: number): Promise<boolean> => {
      const socket = await connect({ port, session, maxVersion })
      socket.write(GET)
      await once(socket, 'data')
      const isReused = socket.isSessionReused()
      socket.destroy()
      return isReused
    }
    assert.deepEqual([await again(gateway.port), await again(second.port)], [true, true], maxVersion)
    second.apply({ targets: targets(), ...secure({ clientAuth: { mode: 'request', caPem: authority.pem } }) })
    assert.equal(await again(second.port), false)
    second.apply({ targets: targets(), ...secure() })
    second.engine.useCredentials({ certificates: [exact, wildcard, await makeCredential(fallback.id, [], authority)], fleetKey: FLEET_KEY, ticketKeys: TICKET_KEYS })
    assert.equal(await again(second.port), true, 'another certificate is no other key for sessions')
    second.engine.useCredentials({ certificates: [exact, wildcard, fallback], fleetKey: FLEET_KEY, ticketKeys: TICKET_KEYS.slice(0, 1) })
    assert.equal(await again(second.port), false, 'without the key of the day')
    second.engine.useCredentials({ certificates: [exact, wildcard, fallback], fleetKey: FLEET_KEY, ticketKeys: TICKET_KEYS })
    first.destroy()
  }
  assert.equal(gateway.engine.stats().resumed, 2)
  await second.stop()
})

test('client certificates: refused without one where they are required, and told to the origin where they are valid', async () => {
  const transforms = [{ ClientCert: 'X-Client-Cert' }]
  const stranger = await makeAuthority('another')
  const own = await makeCredential('', [], authority, 'robot')
  const others = await makeCredential('', [], stranger, 'stranger')
  const asked = async (certificate: Credential | null): Promise<unknown> => {
    const socket = await connect(certificate === null ? {} : { cert: certificate.certificatePem, key: certificate.privateKeyPem })
    const client = new RawClient(socket)
    client.send(GET)
    await client.until('an answer, or the end', ({ received, hasClosed }) => received !== '' || hasClosed)
    const { status } = client.hasClosed ? { status: 0 } : await client.response()
    socket.destroy()
    assert.equal(status, 200)
    return heads.at(-1)!['x-client-cert']
  }
  const der = own.certificatePem.replace(/-----[^-]+-----|\s/g, '')
  gateway.apply({ targets: targets(), ...secure({ clientAuth: { mode: 'require', caPem: authority.pem } }), route: { transforms } })
  assert.equal(await asked(own), der)
  await assert.rejects(asked(null))
  await assert.rejects(asked(others))
  const failed = (): number => gateway.engine.stats().byCode['tls_handshake_failed'] ?? 0
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const certificate of [{}, { cert: others.certificatePem, key: others.privateKeyPem }]) {
      const before = failed()
      const socket = tls.connect({ port: gateway.port, host: '127.0.0.1', rejectUnauthorized: false, servername: 'a.test', maxVersion, ...certificate })
      await new Promise((resolve) => socket.on('error', () => {}).once('close', resolve).resume())
      for (const end = Date.now() + 5_000; failed() === before; await sleep(10)) assert.ok(Date.now() < end, `${maxVersion}: it is not counted`)
      await sleep(20)
      assert.equal(failed(), before + 1, maxVersion)
    }
  }
  const before = failed()
  const look = net.connect(gateway.port, '127.0.0.1')
  await once(look, 'connect')
  look.destroy()
  for (const end = Date.now() + 5_000; gateway.engine.stats().connections > 0; await sleep(10)) assert.ok(Date.now() < end, 'it is left')
  assert.equal(failed(), before, 'who sends nothing began no handshake')
  gateway.apply({ targets: targets(), ...secure({ clientAuth: { mode: 'request', caPem: authority.pem } }), route: { transforms } })
  assert.deepEqual([await asked(own), await asked(null), await asked(others)], [der, undefined, undefined])
})

test('versions and ciphers are those of the policy', async () => {
  gateway.apply({ targets: targets(), ...secure({ minVersion: 'TLSv1.3' }) })
  await assert.rejects(connect({ maxVersion: 'TLSv1.2' }))
  gateway.apply({ targets: targets(), ...secure({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' }) })
  const socket = await connect()
  assert.deepEqual([socket.getProtocol(), socket.getCipher().name], ['TLSv1.2', 'ECDHE-ECDSA-AES256-GCM-SHA384'])
  socket.destroy()
})

test('garbage, silence and plain HTTP on a TLS port end that connection alone', async () => {
  for (const text of ['\x16\x03\x01\xff\xff\x00', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', '\0'.repeat(100)]) {
    const socket = net.connect(gateway.port, '127.0.0.1')
    socket.on('error', () => {}).resume()
    socket.end(text, 'latin1')
    await once(socket, 'close')
  }
  const silent = net.connect(gateway.port, '127.0.0.1')
  await once(silent, 'connect')
  assert.equal(await shown(), 'a.test')
  assert.ok(gateway.engine.stats().connections >= 1)
  silent.destroy()
  for (const end = Date.now() + 5_000; gateway.engine.stats().connections > 0; await sleep(20)) assert.ok(Date.now() < end, 'connections are not counted down')
})

test('a connection whose handshake is not over when its port goes away is answered once', async () => {
  for (const protocol of ['http/1.1', 'h2']) {
    const raw = net.connect(gateway.port, '127.0.0.1')
    await once(raw, 'connect')
    for (const end = Date.now() + 5_000; gateway.engine.stats().connections === 0; await sleep(20)) assert.ok(Date.now() < end, 'it is not accepted')
    gateway.engine.closeEndpoint({ address: '0.0.0.0', port: gateway.port, protocol: 'https' })
    const socket = tls.connect({ socket: raw, ca: authority.pem, servername: 'a.test', ALPNProtocols: [protocol] })
    if (protocol === 'h2') {
      const session = http2.connect('https://a.test', { createConnection: () => socket })
      const over = once(session, 'goaway')
      const stream = session.request({ ':authority': 'a.test' })
      assert.equal(((await once(stream, 'response')) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader])[0][':status'], 200)
      stream.resume()
      await over
      session.close()
    } else {
      const client = new RawClient(socket)
      client.send(GET)
      const { status, headers } = await client.response()
      assert.deepEqual([status, headers.get('connection')], [200, 'close'])
      await client.closed()
      socket.destroy()
    }
    for (const end = Date.now() + 5_000; gateway.engine.stats().connections > 0; await sleep(20)) assert.ok(Date.now() < end, 'it is left')
  }
})

test('HSTS is the policy\'s, also on answers of the gateway itself; without one the origin\'s stays', async () => {
  const header = async (path: string): Promise<string | undefined> => {
    const socket = await connect()
    const client = new RawClient(socket)
    client.send(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`)
    const { headers } = await client.response()
    socket.destroy()
    return headers.get('strict-transport-security')
  }
  assert.equal(await header('/'), 'max-age=1')
  gateway.apply({ targets: targets(), ...secure({ hsts: { maxAgeSeconds: 600, includeSubDomains: true, preload: true } }), route: { match: { path: { type: 'exact', value: '/' } } } })
  for (const path of ['/', '/unknown']) assert.equal(await header(path), 'max-age=600; includeSubDomains; preload')
})

test('a WebSocket over TLS, which no change of certificates touches', async () => {
  const webSockets = new WebSocketServer({ server: origin })
  webSockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  const socket = new WebSocket(`wss://127.0.0.1:${gateway.port}/`, { ca: authority.pem, servername: 'a.test', checkServerIdentity: () => undefined } as object)
  await once(socket, 'open')
  use(fallback)
  gateway.apply({ targets: targets(), ...secure({ minVersion: 'TLSv1.3' }) })
  const data = randomBytes(1_000_000)
  socket.send(data)
  assert.deepEqual((await once(socket, 'message'))[0], data)
  socket.close()
  await once(socket, 'close')
})

test('a slow reader over TLS holds the origin up, and gets every byte', async () => {
  const data = randomBytes(20_000_000)
  let waiting = 0
  const large = createServer((_request, response) => {
    response.end(data)
    setTimeout(() => (waiting = response.writableLength), 400)
  })
  large.listen(0, '127.0.0.1')
  await once(large, 'listening')
  gateway.apply({ targets: [`http://127.0.0.1:${(large.address() as AddressInfo).port}`], ...secure() })
  const socket = await connect()
  socket.write(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
  await sleep(700)
  assert.ok(waiting > 5_000_000, `${waiting} bytes wait at the origin`)
  const got = await buffer(socket)
  const body = got.subarray(got.indexOf('\r\n\r\n') + 4)
  assert.equal(createHash('sha1').update(body).digest('hex'), createHash('sha1').update(data).digest('hex'))
  large.close()
})

test('plain requests are sent to https where the listener says so', async () => {
  gateway.apply({ targets: targets(), listener: { redirectToHttps: { port: 8443, status: 307 } } })
  const response = await fetch(`http://127.0.0.1:${gateway.port}/a%20b?q=1`, { redirect: 'manual' })
  assert.deepEqual([response.status, response.headers.get('location')], [307, 'https://127.0.0.1:8443/a%20b?q=1'])
  assert.equal(heads.length, 0)
})

