import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { afterEach, test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient, type RawResponse } from '../testing/raw-client.ts'
import { pem } from '../testing/seal-certificate.ts'

const BYTES = 10_000_000
const TOO_LARGE = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntoo large'

let gateway: EngineUnderTest
let origin: net.Server
const sockets: net.Socket[] = []

afterEach(async () => {
  await gateway.stop()
  for (const socket of sockets.splice(0)) socket.destroy()
  origin.close()
  await once(origin, 'close')
})

/** An origin that answers each head at once and does with the connection what the test says. */
async function start(play: (socket: net.Socket) => void, isSecure = false): Promise<void> {
  const onSocket = (socket: net.Socket): void => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.once('data', () => play(socket))
  }
  origin = isSecure ? tls.createServer({ cert: pem('origin.pem'), key: pem('origin.key') }, onSocket) : net.createServer({ noDelay: true }, onSocket)
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  const { port } = origin.address() as net.AddressInfo
  gateway = await startEngine({
    targets: [`${isSecure ? 'https' : 'http'}://127.0.0.1:${port}`],
    route: { maxRequestBodyBytes: 0 },
    upstream: { connection: { tls: { caPem: pem('ca.pem') } }, healthCheck: { passive: { enabled: false } } }
  })
}

const PIECE = Buffer.alloc(65_536, 'x')
const CHUNK = Buffer.concat([Buffer.from('10000\r\n'), PIECE, Buffer.from('\r\n')])

/** Sends the body as long as it is taken; ends with the answer. */
async function upload(framing: 'length' | 'chunked'): Promise<RawResponse> {
  const client = await connectRaw(gateway.port)
  client.send(`PUT / HTTP/1.1\r\nHost: a\r\n${framing === 'length' ? `Content-Length: ${BYTES}` : 'Transfer-Encoding: chunked'}\r\n\r\n`)
  const stop = new AbortController()
  void send(client, framing === 'length' ? PIECE : CHUNK, stop.signal)
  const response = await client.response()
  stop.abort()
  client.destroy()
  return response
}

async function send(client: RawClient, piece: Buffer, signal: AbortSignal): Promise<void> {
  for (let sent = 0; sent + PIECE.length <= BYTES && !signal.aborted; sent += PIECE.length) {
    if (!client.socket.write(piece)) await once(client.socket, 'drain', { signal }).catch(() => {})
  }
}

/** Uploads side by side, so that the order of events differs. */
async function uploadMany(count: number): Promise<void> {
  const answers: string[] = []
  for (let round = 0; round < count / 10; round++) {
    const responses = await Promise.all(Array.from({ length: 10 }, (_, index) => upload(index % 2 === 0 ? 'length' : 'chunked')))
    answers.push(...responses.map(({ status, body, headers }) => `${status} ${headers.get('x-gateway-error') ?? body}`))
  }
  assert.deepEqual(new Set(answers), new Set(['413 too large']))
  assert.equal(sockets.length, count, 'no connection is used again')
  await waitUntil(() => gateway.engine.stats().originConnections === 0, { ms: 5_000, what: 'the origin connections to end' })
}

test('an answer before the body was sent reaches the client, also when the origin closes at once', async () => {
  await start((socket) => void socket.end(TOO_LARGE, () => socket.destroy()))
  await uploadMany(200)
})

test('as well when the origin resets right after the answer', async () => {
  await start((socket) => void socket.write(TOO_LARGE, () => socket.resetAndDestroy()))
  await uploadMany(50)
})

test('as well over TLS', async () => {
  await start((socket) => void socket.end(TOO_LARGE, () => socket.destroy()), true)
  await uploadMany(50)
})

test('an early answer that ends with the connection is whole', async () => {
  await start((socket) => {
    socket.end('HTTP/1.1 413 Content Too Large\r\n\r\ntoo large')
    socket.resume()
  })
  await uploadMany(50)
})

test('an early answer of an origin that keeps the connection open: it is closed all the same', async () => {
  await start((socket) => void socket.write(TOO_LARGE.replace('Connection: close\r\n', '')))
  await uploadMany(50)
})
