import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket, WebSocketServer } from 'ws'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw } from '../testing/raw-client.ts'
import { startScriptedOrigin } from '../testing/scripted-origin.ts'
import { acceptOf } from '../websocket/handshake.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const upgrade = (...fields: string[]) => `GET /chat HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
const agreed = (fields = '') => `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(KEY)}\r\n${fields}\r\n`

let server: Server
let webSockets: WebSocketServer
let gateway: EngineUnderTest
let address: string

beforeEach(async () => {
  server = createServer((_request, response) => response.end('plain'))
  webSockets = new WebSocketServer({ server, perMessageDeflate: true, handleProtocols: (offered) => [...offered][0] ?? false })
  webSockets.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  gateway = await startEngine({ targets: [address] })
})

afterEach(async () => {
  await gateway.stop()
  webSockets.clients.forEach((socket) => socket.terminate())
  server.closeAllConnections()
  server.close()
})

async function open(path = '/', protocols: string[] = [], options: object = {}): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, protocols, options)
  await once(socket, 'open')
  return socket
}

async function echoed(socket: WebSocket, data: string | Buffer): Promise<Buffer> {
  socket.send(data)
  const [answer] = (await once(socket, 'message')) as [Buffer]
  return answer
}

const settled = async (what: string, holds: () => boolean): Promise<void> => {
  for (const end = Date.now() + 5_000; !holds(); await sleep(20)) if (Date.now() > end) throw new Error(`not within 5 s: ${what}`)
}

test('messages of every size go both ways, with and without compression and a subprotocol', async () => {
  for (const perMessageDeflate of [false, true]) {
    const socket = await open('/chat', ['v2.chat'], { perMessageDeflate })
    assert.equal(socket.protocol, 'v2.chat')
    assert.equal(socket.extensions.includes('permessage-deflate'), perMessageDeflate)
    for (const size of [0, 1, 125, 126, 65_535, 65_536, 3_000_000]) {
      const data = randomBytes(size)
      assert.deepEqual(await echoed(socket, data), data)
    }
    assert.equal((await echoed(socket, 'Grüße')).toString(), 'Grüße')
    socket.close(4001, 'done')
    assert.deepEqual((await once(socket, 'close'))[0], 4001)
  }
  await settled('both are counted as closed by 4001', () => gateway.engine.stats().webSockets.closedByCode['4001'] === 2)
  const { open: left, opened, messagesIn, messagesOut } = gateway.engine.stats().webSockets
  assert.deepEqual([left, opened, messagesIn, messagesOut], [0, 2, 16, 16])
})

test('the handshake is written anew: hop-by-hop fields are ours, those of WebSocket pass untouched', async () => {
  const origin = await startScriptedOrigin()
  gateway.apply({ targets: [origin.url], route: { transforms: [{ ResponseHeader: 'X-Route', Set: 'chat' }] } })
  const client = await connectRaw(gateway.port)
  client.send(upgrade('Sec-WebSocket-Protocol: a, b', 'Sec-WebSocket-Extensions: x-own; q="1"', 'Keep-Alive: 5'))
  const peer = await origin.peer(0)
  await peer.until('the head', ({ received }) => received.endsWith('\r\n\r\n'))
  const lines = peer.received.split('\r\n')
  assert.deepEqual(lines.filter((line) => /^(connection|upgrade|sec-|keep-alive|content-length|transfer)/i.test(line)), [
    'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${KEY}`, 'Sec-WebSocket-Protocol: a, b', 'Sec-WebSocket-Extensions: x-own; q="1"', 'Connection: Upgrade', 'Upgrade: websocket'
  ])
  peer.send(agreed('Sec-WebSocket-Protocol: b\r\n'))
  await client.until('the answer', ({ received }) => received.endsWith('\r\n\r\n'))
  assert.equal(client.received, `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${acceptOf(KEY)}\r\nSec-WebSocket-Protocol: b\r\nX-Route: chat\r\n\r\n`)
  client.destroy()
  await origin.stop()
})

test('what either side sends right behind its handshake arrives once and in order', async () => {
  const origin = await startScriptedOrigin((peer) => {
    peer.socket.once('data', () => peer.send(`${agreed()}from the origin`))
  })
  gateway.apply({ targets: [origin.url] })
  const client = await connectRaw(gateway.port)
  client.send(`${upgrade()}from the client`)
  await client.until('both', ({ received }) => received.endsWith('\r\n\r\nfrom the origin'))
  const peer = await origin.peer(0)
  await peer.until('both', ({ received }) => received.endsWith('\r\n\r\nfrom the client'))
  client.send(', and more')
  await peer.until('more', ({ received }) => received.endsWith('\r\n\r\nfrom the client, and more'))
  client.destroy()
  await peer.closed()
  await origin.stop()
})

test('a refusal is passed on whole, and the connection goes on', async () => {
  const origin = await startScriptedOrigin((peer) => {
    peer.socket.on('data', () => peer.send(`HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\nX-Why: no\r\n\r\nno!!!`))
  })
  gateway.apply({ targets: [origin.url] })
  const client = await connectRaw(gateway.port)
  for (let round = 0; round < 2; round++) {
    client.send(upgrade())
    const { status, body, headers } = await client.response()
    assert.deepEqual([status, body, headers.get('x-why')], [403, 'no!!!', 'no'])
  }
  client.destroy()
  await origin.stop()
})

test('a 101 without the proof that the origin speaks WebSocket is 502, and the origin is let go', async () => {
  for (const answer of [agreed().replace(acceptOf(KEY), acceptOf('AAAAAAAAAAAAAAAAAAAAAA==')), agreed().replace('websocket', 'h2c'), agreed().replace(/Sec-.*\r\n/, ''), agreed().replace('Connection: Upgrade\r\n', '')]) {
    const origin = await startScriptedOrigin((peer) => {
      peer.socket.once('data', () => peer.send(answer))
    })
    gateway.apply({ targets: [origin.url] })
    const client = await connectRaw(gateway.port)
    client.send(upgrade())
    const { status, headers } = await client.response()
    assert.deepEqual([status, headers.get('x-gateway-error')], [502, 'bad_response'])
    await (await origin.peer(0)).closed()
    client.destroy()
    await origin.stop()
  }
})

test('what is no handshake is refused before an origin hears of it', async () => {
  const refused: [string, number, string][] = [
    [upgrade().replace('GET', 'POST'), 400, 'bad_websocket_handshake'],
    [upgrade('Content-Length: 3').concat('abc'), 400, 'bad_websocket_handshake'],
    [upgrade().replace(KEY, 'short=='), 400, 'bad_websocket_handshake'],
    [upgrade('Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='), 400, 'bad_websocket_handshake'],
    [upgrade().replace('Version: 13', 'Version: 8'), 426, 'websocket_version_not_supported']
  ]
  for (const [text, status, code] of refused) {
    const client = await connectRaw(gateway.port)
    client.send(text)
    const answer = await client.response()
    assert.deepEqual([answer.status, answer.headers.get('x-gateway-error')], [status, code], text)
    if (status === 426) assert.equal(answer.headers.get('sec-websocket-version'), '13')
    client.destroy()
  }
  assert.equal(webSockets.clients.size, 0)
})

test('HTTP/1.0 and other protocols to upgrade to are plain requests', async () => {
  for (const text of [upgrade().replace('HTTP/1.1', 'HTTP/1.0'), upgrade().replace('Upgrade: websocket', 'Upgrade: h2c'), upgrade().replace('keep-alive, Upgrade', 'keep-alive')]) {
    const client = await connectRaw(gateway.port)
    client.send(text)
    assert.equal((await client.response()).body, 'plain')
    client.destroy()
  }
})

test('a route can be for upgrades alone, or for everything else', async () => {
  gateway.apply({ targets: [address], route: { match: { path: { type: 'prefix', value: '/' }, websocket: false } }, routes: [{ match: { path: { type: 'prefix', value: '/live' }, websocket: true } }] })
  const socket = await open('/live')
  socket.close()
  const [error] = (await once(new WebSocket(`ws://127.0.0.1:${gateway.port}/other`), 'error')) as [Error]
  assert.match(error.message, /404/)
  assert.equal((await (await fetch(`http://127.0.0.1:${gateway.port}/live`)).text()), 'plain')
})

test('a slow reader holds the sender up, and nothing is lost', async () => {
  const data = randomBytes(30_000_000)
  webSockets.once('connection', (socket) => socket.send(data))
  const socket = await open('/', [], { perMessageDeflate: false, maxPayload: 40_000_000 })
  socket.pause()
  const [sender] = webSockets.clients
  await sleep(300)
  assert.ok(sender!.bufferedAmount > 5_000_000, `${sender!.bufferedAmount} bytes wait at the sender`)
  socket.resume()
  const [got] = (await once(socket, 'message')) as [Buffer]
  assert.equal(createHash('sha1').update(got).digest('hex'), createHash('sha1').update(data).digest('hex'))
  socket.terminate()
})

test('only websocketIdleMs ends a quiet one, with 1001 to both sides', async () => {
  gateway.apply({ targets: [address], listener: { limits: { idleTimeoutMs: 1_000, headerTimeoutMs: 1_000 } }, route: { timeouts: { activityMs: 1_000 } } })
  const quiet = await open()
  gateway.apply({ targets: [address], route: { timeouts: { websocketIdleMs: 1_000 } } })
  const idle = await open()
  const [, originSide] = [...webSockets.clients]
  const [[code], [originCode]] = await Promise.all([once(idle, 'close'), once(originSide!, 'close')])
  assert.deepEqual([code, originCode], [1001, 1001])
  await sleep(1_500)
  assert.equal((await echoed(quiet, 'still here')).toString(), 'still here')
  quiet.terminate()
})

test('an edit of its route never touches an open one; removal does what the route promises', async () => {
  const routes = (connections: string[]): object[] => connections.map((promise, index) => ({ match: { path: { type: 'prefix', value: `/${index}` } }, onRemove: { connections: promise, drainSeconds: 1 } }))
  gateway.apply({ targets: [address], routes: routes(['keep', 'close', 'drain']) })
  const [keep, close, drain] = await Promise.all(['/0', '/1', '/2'].map((path) => open(path)))
  gateway.apply({ targets: [address], routes: routes(['keep', 'close', 'drain']).map((route) => ({ ...route, transforms: [{ RequestHeader: 'X-Edited', Set: '1' }], priority: 3 })) })
  for (const socket of [keep, close, drain]) assert.equal((await echoed(socket!, 'x')).toString(), 'x')
  const closed = [close, drain].map(async (socket) => (await once(socket!, 'close'))[0] as number)
  gateway.apply({ targets: [address] })
  assert.deepEqual(await Promise.all(closed), [1012, 1012])
  assert.equal((await echoed(keep!, 'kept')).toString(), 'kept')
  keep!.terminate()
})

test('a route that is disabled keeps the promise of the version that disables it', async () => {
  gateway.apply({ targets: [address], route: { onRemove: { connections: 'keep' } } })
  const socket = await open()
  const closed = once(socket, 'close')
  gateway.apply({ targets: [address], route: { enabled: false, onRemove: { connections: 'close' } } })
  assert.equal((await closed)[0], 1012)
})

test('a Close frame of ours goes between two frames, never into one', async () => {
  const origin = await startScriptedOrigin((peer) => {
    peer.socket.once('data', () => peer.send(`${agreed()}\x81\x05ab`))
  })
  gateway.apply({ targets: [origin.url], route: { onRemove: { connections: 'close' } } })
  const client = await connectRaw(gateway.port)
  client.send(upgrade())
  await client.until('half a frame', ({ received }) => received.endsWith('\x81\x05ab'))
  gateway.apply({ targets: [origin.url], route: { enabled: false, onRemove: { connections: 'close' } } })
  const peer = await origin.peer(0)
  await peer.until('a masked Close frame', ({ received }) => /\r\n\r\n\x88\x82[^]{6}$/.test(received))
  assert.ok(client.received.endsWith('\x81\x05ab'))
  peer.send('cde\x81\x01x')
  await client.until('the frame, and then the Close frame', ({ received }) => received.endsWith('\x81\x05abcde\x88\x02\x03\xf4'))
  await client.closed()
  await peer.closed()
  await origin.stop()
})

test('draining closes with 1001, spread over the time there is', async () => {
  const sockets = await Promise.all(Array.from({ length: 5 }, () => open()))
  const closed = sockets.map(async (socket) => (await once(socket, 'close'))[0] as number)
  await gateway.engine.drain(1_000)
  assert.deepEqual(await Promise.all(closed), [1001, 1001, 1001, 1001, 1001])
  assert.equal(gateway.engine.stats().webSockets.open, 0)
})

test('one that ends without a Close frame ends on the other side too, and gives its target back', async () => {
  const upstream = { loadBalancing: 'LeastRequests', targets: [{ id: 'one', address: `${address}` }] }
  gateway.apply({ targets: [], upstream })
  for (const end of [(socket: WebSocket) => socket.terminate(), () => [...webSockets.clients].at(-1)!.terminate()]) {
    const socket = await open()
    const [originSide] = [...webSockets.clients].slice(-1)
    const both = Promise.all([once(socket, 'close'), once(originSide!, 'close')])
    assert.equal(gateway.engine.stats().originConnections, 1)
    end(socket)
    await both
    await settled('the origin connection is gone', () => gateway.engine.stats().originConnections === 0)
  }
  await settled('both are counted', () => gateway.engine.stats().webSockets.closedByCode['1006'] === 2)
})

test('an upgrade is tried at another target only while nothing of it was sent', async () => {
  const origin = await startScriptedOrigin((peer) => {
    peer.socket.once('data', () => peer.destroy())
  })
  gateway.apply({ targets: [origin.url, address], upstream: { loadBalancing: 'FirstAlphabetical' } })
  const [error] = (await once(new WebSocket(`ws://127.0.0.1:${gateway.port}/`), 'error')) as [Error]
  assert.match(error.message, /502/)
  await origin.stop()
  const socket = await open()
  assert.equal((await echoed(socket, 'second target')).toString(), 'second target')
  socket.terminate()
})
