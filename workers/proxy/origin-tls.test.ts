import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw } from '../testing/raw-client.ts'
import { pem } from '../testing/seal-certificate.ts'

let origin: https.Server
let gateway: EngineUnderTest
let port: number
/** Sessions that were resumed, and server names that were asked for. */
let resumed: boolean[] = []
let names: (string | false | null)[] = []

before(async () => {
  origin = https.createServer({ cert: pem('origin.pem'), key: pem('origin.key') }, async (request, response) => {
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': 100_000 }).write('x'.repeat(1000))
      setTimeout(() => response.socket?.destroy(), 20)
      return
    }
    if (request.url === '/hold') return void request.on('error', () => {}).resume()
    if (request.url === '/close') response.setHeader('connection', 'close')
    response.end(await buffer(request))
  })
  origin.on('secureConnection', (socket) => {
    resumed.push(socket.isSessionReused())
    names.push(socket.servername)
  })
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  port = (origin.address() as net.AddressInfo).port
  gateway = await startEngine({ targets: [] , upstream: { enabled: false } })
})

after(async () => {
  await gateway.stop()
  origin.close()
  origin.closeAllConnections()
})

function use(host: string, tls: object): void {
  resumed = []
  names = []
  gateway.apply({ targets: [`https://${host}:${port}`], upstream: { connection: { tls }, retry: { attempts: 0 }, healthCheck: { passive: { enabled: false } } } })
}

async function ask(path = '/', body?: Buffer): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, body === undefined ? {} : { method: 'POST', body })
  const text = await response.text()
  return response.headers.get('x-gateway-error') ?? `${response.status} ${text}`
}

const trusted = { caPem: pem('ca.pem') }

test('an address that the certificate names is verified', async () => {
  use('127.0.0.1', trusted)
  assert.equal(await ask(), '200 ')
  assert.deepEqual(names, [false], 'an IP address is no server name')
  use('localhost', trusted)
  assert.equal(await ask(), '200 ')
  assert.deepEqual(names, ['localhost'])
})

test('an unknown authority, and a name that the certificate does not have, are refused', async () => {
  use('127.0.0.1', {})
  assert.equal(await ask(), 'tls_failed')
  use('127.0.0.1', { ...trusted, serverName: 'other.test' })
  assert.equal(await ask(), 'tls_failed')
})

test('serverName is what is sent and verified; verify: false believes everything', async () => {
  use('127.0.0.1', { ...trusted, serverName: 'origin.test' })
  assert.equal(await ask(), '200 ')
  assert.deepEqual(names, ['origin.test'])
  use('127.0.0.1', { verify: false })
  assert.equal(await ask(), '200 ')
})

test('sessions are resumed', async () => {
  use('127.0.0.1', { ...trusted, serverName: 'origin.test' })
  for (let round = 0; round < 4; round++) assert.equal(await ask('/close'), '200 ')
  assert.ok(resumed.slice(1).includes(true), JSON.stringify(resumed))
})

test('large bodies go both ways as they are', async () => {
  use('localhost', trusted)
  const sent = randomBytes(8 * 1024 * 1024)
  const response = await fetch(`http://127.0.0.1:${gateway.port}/`, { method: 'POST', body: sent })
  const received = Buffer.from(await response.arrayBuffer())
  const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
  assert.equal(hash(received), hash(sent))
})

test('a body that is cut is never a whole one', async () => {
  use('127.0.0.1', trusted)
  await assert.rejects(ask('/cut'))
})

test('a target that speaks no TLS', async () => {
  const plain = http.createServer((_request, response) => response.end('plain'))
  plain.listen(0, '127.0.0.1')
  await once(plain, 'listening')
  gateway.apply({ targets: [`https://127.0.0.1:${(plain.address() as net.AddressInfo).port}`], upstream: { connection: { tls: trusted }, retry: { attempts: 0 } } })
  assert.equal(await ask(), 'tls_failed')
  plain.close()
  plain.closeAllConnections()
})

test('a certificate that expired is refused, and counts against the target', async () => {
  const late = https.createServer({ cert: pem('expired.pem'), key: pem('expired.key') }, (_request, response) => response.end('late'))
  late.listen(0, '127.0.0.1')
  await once(late, 'listening')
  const targets = [{ id: 'late', address: `https://127.0.0.1:${(late.address() as net.AddressInfo).port}` }, { id: 'well', address: `https://127.0.0.1:${port}` }]
  const upstream = { targets, loadBalancing: 'FirstAlphabetical', retry: { attempts: 0 }, healthCheck: { passive: { policy: { policy: 'ConsecutiveFailures', failures: 2 } } } }
  gateway.apply({ targets: [], upstream: { ...upstream, connection: { tls: { caPem: pem('expired.pem') + pem('ca.pem') } } } })
  assert.deepEqual([await ask(), await ask(), await ask()], ['tls_failed', 'tls_failed', '200 '])
  assert.deepEqual(gateway.events.map(({ targetId, reason }) => [targetId, reason]), [['late', '2 failures in a row, the last one: tls_failed']])
  gateway.apply({ targets: [], upstream: { ...upstream, targets: targets.slice(0, 1), connection: { tls: { verify: false } } } })
  assert.equal(await ask(), '200 late')
  late.close()
  late.closeAllConnections()
})

test('a handshake that never ends is 504 after connectTimeoutMs', async () => {
  const silent = net.createServer((socket) => void sockets.push(socket.on('error', () => {}).resume()))
  const sockets: net.Socket[] = []
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  gateway.apply({ targets: [`https://127.0.0.1:${(silent.address() as net.AddressInfo).port}`], upstream: { connection: { connectTimeoutMs: 200 }, retry: { attempts: 0 } } })
  assert.equal(await ask(), 'connect_timeout')
  await waitUntil(() => sockets.every(({ readableEnded }) => readableEnded), { ms: 5_000, what: 'the connection to end' })
  silent.close()
})

test('a client that goes away in the middle is noticed by the origin', async () => {
  use('127.0.0.1', trusted)
  const client = await connectRaw(gateway.port)
  client.send('POST /hold HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nsome')
  const [request] = await once(origin, 'request') as [http.IncomingMessage]
  client.destroy()
  await waitUntil(() => request.destroyed, { ms: 5_000, what: 'the origin to notice' })
  assert.equal(request.complete, false)
})

test('a body in many small pieces takes no memory that grows with them', async () => {
  use('127.0.0.1', trusted)
  const client = await connectRaw(gateway.port)
  const pieces = 2_000
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${pieces}\r\n\r\n`)
  const [request] = await once(origin, 'request') as [http.IncomingMessage]
  const { arrayBuffers } = process.memoryUsage()
  for (let piece = 0; piece < pieces; piece++) {
    const arrived = once(request, 'data')
    client.send('x')
    await arrived
  }
  const grown = process.memoryUsage().arrayBuffers - arrayBuffers
  assert.equal((await client.response()).body.length, pieces)
  client.destroy()
  assert.ok(grown < 32 * 1024 * 1024, `${grown} bytes`)
})
