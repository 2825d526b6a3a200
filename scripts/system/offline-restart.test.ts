import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { eventually } from './support/eventually.ts'
import { type Origin, startOrigin } from './support/origin.ts'
import { type System, createExample, publishAndWait, startOwnDatabase, startSystem } from './support/system.ts'

let system: System
let database: Awaited<ReturnType<typeof startOwnDatabase>>
let blue: Origin
let green: Origin

before(async () => {
  database = await startOwnDatabase()
  ;[system, blue, green] = await Promise.all([startSystem({ database }), startOrigin('blue'), startOrigin('green')])
  const { upstream } = await createExample(system, [blue.url])
  await publishAndWait(system)
  await system.api.patch(`/upstreams/${upstream.id}`, { targets: [{ id: 't1', address: green.url }] })
  await publishAndWait(system)
  await system.web.stop()
  await system.redis.stop()
  await database.stopServer()
})

after(async () => {
  await system?.stop()
  await Promise.all([blue?.stop(), green?.stop()])
})

const bodyServed = async () => (await fetch(`http://127.0.0.1:${system.nodes[0]?.ports.from}/`, { headers: { connection: 'close' } })).text()

async function restart(): Promise<void> {
  const node = system.nodes[0]
  assert.ok(node)
  assert.equal(await node.service.stop(), 0)
  await node.start()
}

const snapshotFile = (name: string) => path.join(system.nodes[0]?.dataDir ?? '', 'snapshots', name)

test('with control plane, Redis and Postgres away a restarted node serves from its disk', async () => {
  await restart()
  assert.equal(await eventually('serving from disk', bodyServed, 5_000), 'green')
})

test('a corrupted last-known-good is refused, the previous one is used, and the node says so', async () => {
  const file = snapshotFile('current.json')
  const bytes = fs.readFileSync(file)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  fs.writeFileSync(file, bytes)
  await restart()
  assert.equal(await eventually('serving the previous one', bodyServed, 5_000), 'blue')
  assert.ok(system.nodes[0]?.service.lines.some((line) => /previous/.test(line)), 'the log says that the previous one is used')
})

test('when the control plane is back the node catches up', async () => {
  await database.startServer()
  await system.startWeb()
  await eventually('serving the desired revision again', async () => (await bodyServed()) === 'green', 20_000)
})
