import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../scripts/services/redis.ts'
import { waitUntil } from '../scripts/services/wait-until.ts'
import type { SnapshotContent } from '../shared/schema/snapshot.ts'
import { policyOf, providerOf } from '../shared/testing/content.ts'
import { createNodePlace, type NodePlace, type NodeProcess } from './testing/data-node-process.ts'
import { type NodeApiServer, startNodeApiServer } from './testing/node-api-server.ts'
import { startLoad } from './testing/steady-load.ts'
import { contentFor, startOrigin, type TestOrigin } from './testing/test-origin.ts'
import { startTokenIssuer } from './testing/token-issuer.ts'

let blue: TestOrigin
let green: TestOrigin
let redis: RedisServer
let publisher: Redis
let api: NodeApiServer
let place: NodePlace
let node: NodeProcess

before(async () => {
  ;[blue, green, redis] = await Promise.all([startOrigin('blue'), startOrigin('green'), startRedis()])
  publisher = new Redis(redis.url)
})

after(async () => {
  publisher.disconnect()
  await Promise.all([blue.stop(), green.stop(), redis.stop()])
})

beforeEach(async () => {
  api = await startNodeApiServer(publisher)
  place = await createNodePlace(api.url)
  node = await start()
})

afterEach(async () => {
  await place.clear()
  await api.stop()
})

const start = (): Promise<NodeProcess> => place.start({ REDIS_URL: redis.url })
const served = async (): Promise<string> => (await fetch(`http://127.0.0.1:${place.ports.from}/`, { headers: { connection: 'close' } })).text()
const contentTo = (origin: TestOrigin) => contentFor(origin, [place.ports.from])

test('what is refused leaves what is served: rules, hash, schema, revision', async () => {
  await api.publishAndWait(contentTo(blue))
  const broken = contentTo(green)
  broken.routes.push({ ...broken.routes[0]!, id: '00000000-0000-7000-8000-000000000009', name: 'same again' })
  const byRule = await api.publishAndWait(broken)
  assert.equal(byRule.result, 'refused')
  assert.equal(byRule.issues[0]?.code, 'route_conflict')
  const byHash = await api.publishAndWait(contentTo(green), { sha256: 'a'.repeat(64) })
  assert.deepEqual([byHash.result, byHash.issues[0]?.code], ['refused', 'hash_mismatch'])
  const bySchema = await api.publishAndWait(contentTo(green), { schemaVersion: 99 })
  assert.deepEqual([bySchema.result, bySchema.issues[0]?.code], ['refused', 'schema_version_unsupported'])
  assert.equal(await served(), 'blue')
  assert.equal(await place.metric('gateway_config_revision'), 1)
  assert.equal(JSON.parse(fs.readFileSync(path.join(place.dataDir, 'snapshots/current.json'), 'utf8').split('\n')[1] ?? '').snapshot.revision, 1)
  assert.equal((await api.publishAndWait(contentTo(green))).result, 'applied')
  assert.equal(await served(), 'green')
})

test('the revision never goes back within an epoch; a new epoch starts anew', async () => {
  await api.publishAndWait(contentTo(blue), { revision: 7 })
  api.publish(contentTo(green), { revision: 6 })
  await waitUntil(() => node.says(/older revision/), { ms: 10_000, what: 'the line about the older revision' })
  assert.equal(await served(), 'blue')
  const ack = await api.publishAndWait(contentTo(green), { epoch: randomUUID(), revision: 1 })
  assert.equal(ack.result, 'applied')
  assert.equal(await served(), 'green')
})

test('an answer that cannot be read changes nothing', async () => {
  await api.publishAndWait(contentTo(blue))
  api.answerConfigWith({ desired: { epoch: 'none' } })
  await waitUntil(() => node.says(/cannot be read/), { ms: 20_000, what: 'the line about it' })
  assert.equal(await served(), 'blue')
})

test('a node restarted without control plane serves from its disk, the previous one when the file is damaged', async () => {
  await api.publishAndWait(contentTo(blue))
  await api.publishAndWait(contentTo(green))
  assert.equal(await node.stop(), 0)
  await api.stop()
  node = await start()
  assert.equal(await served(), 'green')
  assert.equal(await node.stop(), 0)
  const file = path.join(place.dataDir, 'snapshots/current.json')
  const bytes = fs.readFileSync(file)
  bytes[bytes.length >> 1]! ^= 1
  fs.writeFileSync(file, bytes)
  node = await start()
  assert.equal(await served(), 'blue')
  assert.ok(node.says(/current.json is refused: its checksum differs/) && node.says(/previous snapshot is used/))
  assert.equal(await place.metric('gateway_snapshot_files_refused_total'), 1)
  const ready = await (await fetch(`${place.metricsUrl}/readyz`)).json()
  assert.deepEqual(ready, { ready: true, revision: 1, source: 'disk-previous' })
})

test('when the snapshot cannot be stored it is served all the same, and the report says so', async () => {
  await api.publishAndWait(contentTo(blue))
  fs.mkdirSync(path.join(place.dataDir, 'snapshots/next.json'))
  const ack = await api.publishAndWait(contentTo(green))
  assert.deepEqual([ack.result, ack.persisted], ['applied', false])
  assert.equal(await served(), 'green')
  fs.rmdirSync(path.join(place.dataDir, 'snapshots/next.json'))
  await waitUntil(() => api.acks.at(-1)?.persisted === true, { ms: 50_000, what: 'the report that it is stored now' })
  assert.equal(api.acks.at(-1)?.revision, ack.revision)
})

test('a publish every 100 ms under load: nothing fails, the last one wins, no descriptor is lost', async () => {
  await api.publishAndWait(contentTo(blue))
  const descriptors = (): number[] => [node.pid, ...node.workers()].map((pid) => fs.readdirSync(`/proc/${pid}/fd`).length)
  const ports = (index: number): number[] => [place.ports.from, ...(index % 2 === 0 ? [place.ports.from + 1] : [])]
  for (let index = 0; index < 4; index++) await api.publishAndWait(contentFor(green, ports(index)))
  const before = descriptors()
  const load = startLoad(`http://127.0.0.1:${place.ports.from}/`, { fresh: 4, kept: 4 })
  for (let index = 0; index < 50; index++) {
    api.publish(contentFor(index % 3 === 0 ? blue : green, ports(index)))
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const last = await api.publishAndWait(contentFor(blue, ports(1)))
  const report = await load.stop()
  assert.deepEqual(report.failures, {})
  assert.ok(report.ok > 500)
  assert.equal(last.result, 'applied')
  assert.equal(await served(), 'blue')
  const revisions = api.acks.map(({ revision }) => revision)
  assert.deepEqual(revisions, revisions.toSorted((a, b) => a - b), 'in order')
  await waitUntil(() => descriptors().every((count, index) => count <= (before[index] ?? 0) + 4), { ms: 20_000, what: `the descriptors ${descriptors()} to be ${before} again` })
})

test('a configuration serves when it has the keys of its identity providers; an issuer that does not answer holds it up for a moment only', async () => {
  const issuer = await startTokenIssuer()
  const fields = { authorization: `Bearer ${await issuer.token()}`, connection: 'close' }
  const guarded = (name: string): SnapshotContent => {
    const content = contentTo(blue)
    content.providers = [providerOf({ issuer: issuer.issuer, jwksUrl: `${issuer.jwksUrl}?${name}` })]
    content.policies = [policyOf({ name: 'guard', authorization: { jwt: {} } })]
    content.routes[0]!.authorizationPolicy = 'guard'
    return content
  }
  const status = async (): Promise<number> => (await fetch(`http://127.0.0.1:${place.ports.from}/`, { headers: fields })).status
  issuer.held = sleep(700)
  assert.equal((await api.publishAndWait(guarded('late'))).result, 'applied')
  assert.equal(await status(), 200)
  issuer.held = new Promise(() => {})
  assert.equal((await api.publishAndWait(guarded('never'))).result, 'applied')
  assert.equal(await status(), 503)
  await issuer.stop()
})
