import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket, WebSocketServer } from 'ws'
import { openFiles } from '../../workers/testing/process-facts.ts'
import { connectRaw } from '../../workers/testing/raw-client.ts'
import { acceptOf } from '../../workers/websocket/handshake.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { openFarNetwork } from './far-network.ts'
import { checkLeftovers } from './leftovers.ts'
import type { Stand } from './stand.ts'

const IDLE = 5_000
const AT_ONCE = 100
const HALF_OPEN = 20
const NOTICED_MS = 60_000
const REFUSALS = 200
const REFUSAL = 'no'.repeat(50_000)
const EARLY = 500
const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const FAR_PEERS = fileURLToPath(new URL('far-peers.ts', import.meta.url))
const handshake = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`
/** Text frames: of a server, and of a client with a mask of zeros. */
const frameOf = (text: string): string => `\x81${String.fromCharCode(text.length)}${text}`
const maskedFrameOf = (text: string): string => `\x81${String.fromCharCode(0x80 | text.length)}\0\0\0\0${text}`

export const promise: ChaosPromise = {
  title: 'WebSockets: 5,000 idle, half-open peers, refused, bytes behind the handshake',
  seconds: 540,
  async run(stand) {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error('needs root on Linux: a network name space')
    const origin = await startEcho(stand)
    const far = await openFarNetwork()
    stand.atEnd(() => far.close())
    const peers = far.start(FAR_PEERS, [])
    stand.atEnd(() => void peers.kill('SIGKILL'))
    const [{ port: farPort }] = (await once(peers, 'message')) as [{ port: number }]
    await stand.start()
    await stand.publish([
      { path: '/echo', targets: [addressOf(origin.server)] }, { path: '/far', targets: [`http://${far.there}:${farPort}`] },
      { path: '/refuses', targets: [await startRefusing(stand)] }, { path: '/early', targets: [await startEager(stand)] }
    ])
    const filesBefore = openFiles(stand.worker)
    const idle: WebSocket[] = []
    stand.atEnd(() => idle.forEach((socket) => socket.terminate()))
    let noticed: Noticed = { clients: [], origins: [] }
    let refused = 0
    let early = 0
    await stand.underWatch(async (round) => {
      if (round > 0) return sleep(200)
      await openIdle(stand, idle)
      refused = await countRefusals(stand)
      early = await countEarly(stand)
      peers.send({ url: `ws://${far.here}:${stand.port}/echo/far`, count: HALF_OPEN })
      noticed = await cutAndWait(stand, origin.webSockets, () => far.cut(), once(peers, 'message'))
    })
    checkNoticed(stand, 'clients', noticed.clients)
    checkNoticed(stand, 'origins', noticed.origins)
    stand.check('refusals are passed on whole', refused === REFUSALS, `${refused} of ${REFUSALS}, ${REFUSAL.length} bytes each`)
    stand.check('bytes behind the handshake arrive once and in order, both ways', early === EARLY, `${early} of ${EARLY}`)
    const echoed = await echoAll(idle)
    stand.check('5,000 idle ones are held and served', echoed === IDLE, `${echoed} of ${IDLE}`)
    for (const socket of idle) socket.terminate()
    await checkLeftovers(stand, filesBefore)
  }
}

/** Milliseconds from the cut until the other side of each connection was closed. */
interface Noticed {
  clients: number[]
  origins: number[]
}

const addressOf = (server: net.Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

async function listening<T extends net.Server>(stand: Stand, server: T): Promise<T> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stand.atEnd(() => void server.close())
  return server
}

async function startEcho(stand: Stand): Promise<{ server: Server; webSockets: WebSocketServer }> {
  const server = createServer()
  const webSockets = new WebSocketServer({ server })
  webSockets.on('connection', (socket) => socket.on('error', () => {}).on('message', (data) => socket.send(data)))
  stand.atEnd(() => webSockets.clients.forEach((socket) => socket.terminate()))
  return { server: await listening(stand, server), webSockets }
}

async function startRefusing(stand: Stand): Promise<string> {
  const server = createServer()
  server.on('upgrade', (_request, socket) => void socket.end(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${REFUSAL.length}\r\nConnection: close\r\n\r\n${REFUSAL}`))
  return addressOf(await listening(stand, server))
}

/** Sends a frame together with its handshake, and then everything back that it got behind the client's. */
async function startEager(stand: Stand): Promise<string> {
  const server = net.createServer((socket) => {
    let head = ''
    socket.on('error', () => {}).setEncoding('latin1').on('data', (text: string) => {
      if (head.endsWith('\r\n\r\n')) return void socket.write(text, 'latin1')
      head += text
      const end = head.indexOf('\r\n\r\n')
      if (end === -1) return
      const rest = head.slice(end + 4)
      head = head.slice(0, end + 4)
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(KEY)}\r\n\r\n${frameOf('from the origin')}${rest}`, 'latin1')
    })
  })
  return addressOf(await listening(stand, server))
}

async function openIdle({ port }: Stand, sockets: WebSocket[]): Promise<void> {
  for (let from = 0; from < IDLE; from += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/echo`, { perMessageDeflate: false })
      sockets.push(socket.on('error', () => {}))
      await once(socket, 'open')
    }))
  }
}

async function echoAll(sockets: readonly WebSocket[]): Promise<number> {
  let echoed = 0
  for (let from = 0; from < sockets.length; from += AT_ONCE) {
    await Promise.all(sockets.slice(from, from + AT_ONCE).map(async (socket, index) => {
      if (socket.readyState !== WebSocket.OPEN) return
      socket.send(`message ${from + index}`)
      const [data] = (await once(socket, 'message')) as [Buffer]
      if (data.toString() === `message ${from + index}`) echoed++
    }))
  }
  return echoed
}

async function countRefusals({ port }: Stand): Promise<number> {
  let whole = 0
  for (let count = 0; count < REFUSALS; count++) {
    const client = await connectRaw(port)
    client.send(handshake('/refuses'))
    const { status, body } = await client.response()
    if (status === 403 && body === REFUSAL) whole++
    client.destroy()
  }
  return whole
}

async function countEarly({ port }: Stand): Promise<number> {
  let right = 0
  for (let count = 0; count < EARLY; count++) {
    const client = await connectRaw(port)
    const [first, second] = [maskedFrameOf(`early ${count}`), maskedFrameOf(`later ${count}`)]
    client.send(handshake('/early') + first)
    await client.until('the first', ({ received }) => received.endsWith(first))
    client.send(second)
    await client.until('the second', ({ received }) => received.endsWith(second))
    if (client.received.split('\r\n\r\n')[1] === frameOf('from the origin') + first + second) right++
    client.destroy()
  }
  return right
}

/** Pulls the cable with WebSockets open: of far clients to the echo here, and of clients here to a far origin. */
async function cutAndWait({ port }: Stand, webSockets: WebSocketServer, cut: () => void, areOpen: Promise<unknown>): Promise<Noticed> {
  const near = await Promise.all(Array.from({ length: HALF_OPEN }, async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/far`).on('error', () => {})
    await once(socket, 'open')
    return socket
  }))
  const known = new Set(webSockets.clients)
  await areOpen
  // Those that the echo got last are those of the far clients.
  const ofFar = [...webSockets.clients].slice(-HALF_OPEN)
  if (known.size < IDLE || ofFar.length < HALF_OPEN) throw new Error('the far clients are not there')
  cut()
  const from = performance.now()
  const ends = (sockets: readonly WebSocket[]): Promise<number[]> => Promise.all(sockets.map(async (socket) => {
    const late = new AbortController()
    await Promise.race([once(socket, 'close'), sleep(2 * NOTICED_MS, undefined, { signal: late.signal })])
    late.abort()
    return performance.now() - from
  }))
  const [clients, origins] = await Promise.all([ends(ofFar), ends(near)])
  return { clients, origins }
}

function checkNoticed(stand: Stand, what: string, times: readonly number[]): void {
  const longest = Math.max(...times)
  stand.check(`half-open ${what} are noticed within 60 s`, times.length === HALF_OPEN && longest <= NOTICED_MS, `${times.length}, the last after ${(longest / 1000).toFixed(1)} s`)
}
