import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { projectRoot } from '../project-root.ts'
import { databaseUrl, runAlone } from '../services/postgres.ts'
import { eventually } from './support/eventually.ts'
import { type Origin, startOrigin } from './support/origin.ts'
import { type System, createExample, publishAndWait, startSystem } from './support/system.ts'

let system: System
let old: Origin
let lost: Origin

before(async () => {
  ;[system, old, lost] = await Promise.all([startSystem({ nodes: 2 }), startOrigin('old'), startOrigin('lost')])
})

after(async () => {
  await system?.stop()
  await Promise.all([old?.stop(), lost?.stop()])
})

/** One statement about whole databases, of which none is in use. */
const administer = (sql: string) => runAlone(databaseUrl(system.databaseUrl, 'postgres'), sql)
const served = async () => (await fetch(`http://127.0.0.1:${system.nodes[0]?.ports.from}/`, { headers: { connection: 'close' } })).text()

test('a database restored from an older backup is behind the fleet; after a recovery the next publish reaches every node', async () => {
  const { upstream } = await createExample(system, [old.url])
  await publishAndWait(system)
  const name = new URL(system.databaseUrl).pathname.slice(1)
  await system.web.stop()
  await administer(`CREATE DATABASE ${name}_backup TEMPLATE ${name}`)
  await system.startWeb()
  for (const address of ['http://127.0.0.1:1', lost.url]) {
    await system.api.patch(`/upstreams/${upstream.id}`, { targets: [{ id: 't1', address }] })
    await publishAndWait(system)
  }
  assert.equal(await served(), 'lost')

  await system.web.stop()
  await administer(`DROP DATABASE ${name} WITH (FORCE)`)
  await administer(`ALTER DATABASE ${name}_backup RENAME TO ${name}`)
  await system.startWeb()
  await eventually('the nodes are heard of again', async () => (await system.api.must('GET', '/nodes')).items.every((node: any) => node.serving.revision === 3))

  await system.api.patch(`/upstreams/${upstream.id}`, { description: 'edited after the restore' })
  const behind = await system.api.publish()
  assert.deepEqual([behind.status, behind.body.error.code, behind.body.error.nodes], [409, 'database_behind_fleet', ['node-1', 'node-2']])
  await system.api.patch(`/upstreams/${upstream.id}`, { description: null })

  const recovery = spawnSync(process.execPath, ['server/recover.ts', '--new-epoch'], { cwd: projectRoot, env: { DATABASE_URL: system.databaseUrl }, encoding: 'utf8' })
  assert.equal(recovery.status, 0, recovery.stderr)
  assert.match(recovery.stdout, /is revision 4\./)
  assert.equal(await served(), 'lost')

  // The draft equals what is live, and yet no node serves that.
  const { status, body } = await system.api.publish()
  assert.deepEqual([status, body.revision, body.nodes], [201, 5, ['node-1', 'node-2']])
  await system.applied(5)
  assert.equal(await served(), 'old')
  assert.equal((await system.api.publish()).body.unchanged, true)
})
