import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import type { GatewayEvent } from '../../shared/schema/event.ts'
import { EventHistory } from './event-history.ts'
import { FeedReader, MOST_WAITING_BYTES } from './feed-reader.ts'

let server: WebSocketServer
let url: string

before(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
})

after(() => server.close())

const eventOf = (note: string, tenantCode?: string, at = '2026-11-23T10:00:00.000Z'): GatewayEvent => ({ kind: 'publish', at, ...(tenantCode === undefined ? {} : { tenantCode }), data: { epoch: '01890000-0000-7000-8000-000000000000', revision: 1, sha256: 'a'.repeat(64), by: 'ann', note } })

async function connect(tenants: readonly string[] | null = null, metrics = true): Promise<{ reader: FeedReader; client: WebSocket; messages: any[] }> {
  const connection = once(server, 'connection')
  const client = new WebSocket(url)
  const messages: any[] = []
  client.on('message', (data) => messages.push(JSON.parse(String(data))))
  await once(client, 'open')
  const [socket] = (await connection) as [WebSocket]
  return { reader: new FeedReader(socket, tenants, metrics), client, messages }
}

test('one that does not read loses metrics first, never an event unseen: it is closed with 1013', async () => {
  const { reader, client, messages } = await connect()
  client.pause()
  const closed = once(client, 'close')
  const metrics = JSON.stringify({ kind: 'metrics', filler: 'x'.repeat(10_000) })
  let events = 0
  // The system takes some megabytes before anything waits here.
  for (let round = 0; round < 3_000; round++) {
    reader.metrics(metrics)
    reader.event(eventOf('x'.repeat(1_900)))
    events++
    if (round % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  client.resume()
  const [code] = await closed
  assert.equal(code, 1013)
  const got = messages.filter(({ kind }) => kind === 'publish').length
  assert.ok(got > 0 && got < events && got * 1_900 > MOST_WAITING_BYTES)
  assert.ok(messages.filter(({ kind }) => kind === 'metrics').length < got, 'metrics were left out long before')
})

test('one that does not answer a ping is cut by the next; one that speaks is closed', async () => {
  const silent = await connect()
  silent.client.pause()
  const cut = once(silent.client, 'close')
  silent.reader.ping()
  silent.reader.ping()
  silent.client.resume()
  assert.equal((await cut)[0], 1006)
  const speaking = await connect()
  const closed = once(speaking.client, 'close')
  speaking.client.send('hello')
  assert.equal((await closed)[0], 1008)
})

test('one of a tenant gets events of this tenant alone, and no metrics', async () => {
  const { reader, client, messages } = await connect(['acme'])
  reader.event(eventOf('of nobody'))
  reader.event(eventOf('of another', 'other'))
  reader.metrics('{"kind":"metrics"}')
  reader.event(eventOf('own', 'acme'))
  await waitUntil(() => messages.length > 0, { ms: 5_000, what: 'a message' })
  assert.deepEqual(messages.map(({ data }) => data.note), ['own'])
  client.terminate()
})

test('the history knows what it may have missed', () => {
  const history = new EventHistory()
  const at = (ms: number) => new Date(ms).toISOString()
  assert.equal(history.since(0).complete, false)
  history.begin(1_000)
  history.add(eventOf('a', undefined, at(2_000)))
  history.add(eventOf('b', undefined, at(3_000)))
  assert.deepEqual([history.since(1_000).events.length, history.since(1_000).complete, history.since(3_000).events.length, history.since(999).complete], [2, true, 1, false])
  history.interrupt()
  assert.equal(history.since(3_000).complete, false)
  history.begin(4_000)
  assert.equal(history.since(4_000).complete, true)
  for (let count = 0; count < 1_000; count++) history.add(eventOf('c', undefined, at(5_000 + count)))
  assert.deepEqual([history.since(4_000).complete, history.since(4_000).events.length], [true, 1_000])
  history.add(eventOf('d', undefined, at(9_000)))
  assert.equal(history.since(4_000).complete, false)
})
