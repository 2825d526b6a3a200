import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws'
import { waitUntil } from '../../../scripts/services/wait-until.ts'
import { FeedClient } from './feed-client.ts'

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`
const event = (second: number, nodeId: string) => ({ kind: 'node_unknown', at: at(second), data: { nodeId, lastHeartbeatAt: at(0) } })
const hello = (second: number, complete = true) => ({ kind: 'hello', at: at(second), complete })

let server: WebSocketServer
let client: FeedClient
let heard: string[]
/** Every connection, with what it asked for. */
let asked: { query: string; socket: ServerSocket }[]

before(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket, { url = '' }) => asked.push({ query: decodeURIComponent(url.split('?')[1] ?? ''), socket }))
  await once(server, 'listening')
})

after(() => {
  for (const socket of server.clients) socket.terminate()
  server.close()
})

beforeEach(() => {
  heard = []
  asked = []
  client = new FeedClient({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    random: () => 0,
    listener: {
      connected: (yes) => heard.push(yes ? 'connected' : 'away'),
      event: ({ data }) => heard.push('nodeId' in data ? String(data.nodeId) : ''),
      metrics: () => heard.push('metrics'),
      missed: () => heard.push('missed')
    }
  })
  client.start()
})

afterEach(() => client.stop())

async function connection(index: number): Promise<(typeof asked)[number]> {
  await waitUntil(() => asked.length > index, { ms: 5_000, what: `connection ${index}` })
  return asked[index] as (typeof asked)[number]
}
const say = ({ socket }: { socket: ServerSocket }, ...messages: unknown[]) => messages.forEach((message) => socket.send(JSON.stringify(message)))
const hears = (...expected: string[]) => waitUntil(() => heard.length >= expected.length, { ms: 5_000, what: expected.join() }).then(() => assert.deepEqual(heard, expected))

test('it comes back from where it was, and hears nothing twice', async () => {
  const first = await connection(0)
  assert.equal(first.query, '')
  say(first, hello(1), event(2, 'a'), event(3, 'b'))
  await hears('connected', 'a', 'b')
  first.socket.close(1001)
  const second = await connection(1)
  assert.equal(second.query, `since=${at(3)}`)
  say(second, hello(9), event(3, 'b'), event(3, 'c'), event(4, 'd'))
  await hears('connected', 'a', 'b', 'away', 'connected', 'c', 'd')
})

test('it says when something may be missing: of who comes back, and while Redis was away', async () => {
  const first = await connection(0)
  say(first, hello(1), event(2, 'a'), { kind: 'gap', at: at(5) })
  await hears('connected', 'a', 'missed')
  first.socket.terminate()
  say(await connection(1), hello(9, false), event(10, 'b'))
  await hears('connected', 'a', 'missed', 'away', 'connected', 'missed', 'b')
  assert.equal(asked[1]?.query, `since=${at(5)}`)
})

test('what is no message, and kinds that it does not know, break nothing', async () => {
  const first = await connection(0)
  first.socket.send('{')
  first.socket.send('[]')
  say(first, null, { kind: 'metrics' }, hello(1), { kind: 'metrics', at: at(1), fleet: {}, nodes: [] }, event(2, 'a'))
  await hears('connected', 'metrics', 'a')
})

test('stopped, it reads no more and does not come back; started again, it asks for what came meanwhile', async () => {
  say(await connection(0), hello(1), event(2, 'a'))
  await hears('connected', 'a')
  client.stop()
  await hears('connected', 'a', 'away')
  client.start()
  assert.equal((await connection(1)).query, `since=${at(2)}`)
})

test('a session that has ended is not asked about again and again', async () => {
  const first = await connection(0)
  say(first, hello(1))
  first.socket.close(1008)
  await hears('connected', 'away')
  // Another end would have brought it back after 250 ms.
  await setTimeout(700)
  assert.equal(asked.length, 1)
  client.retryNow()
  await connection(1)
})

test('a connection that only seems to be there is given up for another, and what it still says is not heard', async () => {
  const first = await connection(0)
  say(first, hello(1), event(2, 'a'))
  await hears('connected', 'a')
  client.renew()
  say(first, event(3, 'late'))
  const second = await connection(1)
  assert.equal(second.query, `since=${at(2)}`)
  say(second, hello(4), event(3, 'b'))
  await hears('connected', 'a', 'away', 'connected', 'b')
})
