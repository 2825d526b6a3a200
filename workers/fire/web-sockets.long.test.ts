import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { createNodePlace } from '../testing/data-node-process.ts'
import { startEngine } from '../testing/engine-under-test.ts'
import { startNodeApiServer } from '../testing/node-api-server.ts'
import { contentFor } from '../testing/test-origin.ts'

// Promise 20: 5,000 WebSockets that are quiet, each of which is still there when somebody speaks; and all of them closed in order.

const COUNT = 5_000
const AT_ONCE = 100
const DRAIN_SECONDS = 20

const portOf = (server: Server): number => (server.address() as AddressInfo).port

test(`${COUNT} WebSockets are held, compressed ones too; each is served, and a node that stops closes them with 1001, spread over the time`, async () => {
  const server = createServer()
  const webSockets = new WebSocketServer({ server, perMessageDeflate: true })
  webSockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const api = await startNodeApiServer()
  const place = await createNodePlace(api.url)
  const sockets: WebSocket[] = []
  const inBatches = async (work: (index: number) => Promise<void>): Promise<void> => {
    for (let from = 0; from < COUNT; from += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => work(from + index)))
  }
  try {
    const node = await place.start({ DRAIN_SECONDS: String(DRAIN_SECONDS) })
    await api.publishAndWait(contentFor({ address: `http://127.0.0.1:${portOf(server)}` }, [place.ports.from]))
    await inBatches(async (index) => {
      const socket = new WebSocket(`ws://127.0.0.1:${place.ports.from}/`, { perMessageDeflate: index % 50 === 0 })
      sockets[index] = socket
      await once(socket, 'open')
    })
    await waitUntil(async () => await place.metric('gateway_websockets') === COUNT, { ms: 5_000, what: 'all to be counted', everyMs: 200 })
    await inBatches(async (index) => {
      const data = randomBytes(100 + index)
      sockets[index]!.send(data)
      assert.deepEqual(((await once(sockets[index]!, 'message')) as [Buffer])[0], data)
    })
    const from = performance.now()
    const closed = sockets.map(async (socket) => [(await once(socket, 'close'))[0] as number, performance.now() - from] as const)
    assert.equal(await node.stop(), 0)
    const ends = await Promise.all(closed)
    assert.deepEqual([...new Set(ends.map(([code]) => code))], [1001])
    const inFirstHalf = ends.filter(([, ms]) => ms < DRAIN_SECONDS * 500).length
    assert.ok(inFirstHalf > COUNT * 0.25 && inFirstHalf < COUNT * 0.9, `${inFirstHalf} were closed in the first half of the time`)
  } finally {
    for (const socket of sockets) socket.terminate()
    await place.clear()
    await api.stop()
    webSockets.clients.forEach((socket) => socket.terminate())
    server.close()
  }
})

test('a large refusal is passed on whole, to a client that reads it slowly', async () => {
  const body = randomBytes(2_000_000)
  const server = createServer()
  server.on('upgrade', (_request, socket) => {
    socket.write(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`)
    socket.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gateway = await startEngine({ targets: [`http://127.0.0.1:${portOf(server)}`] })
  const client = net.connect(gateway.port, '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
  client.pause()
  await once(client, 'connect')
  await new Promise((resolve) => setTimeout(resolve, 500))
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of client as AsyncIterable<Buffer>) {
    pieces.push(piece)
    bytes += piece.length
    const all = bytes > body.length ? Buffer.concat(pieces) : null
    if (all !== null && all.length >= all.indexOf('\r\n\r\n') + 4 + body.length) break
  }
  const all = Buffer.concat(pieces)
  assert.match(all.toString('latin1', 0, 30), /^HTTP\/1\.1 403 Forbidden\r\n/)
  assert.ok(all.subarray(all.indexOf('\r\n\r\n') + 4).equals(body))
  client.destroy()
  await gateway.stop()
  server.close()
})
