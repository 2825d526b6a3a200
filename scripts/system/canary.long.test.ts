import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { createDatabase } from '../../db/database.ts'
import { eventually } from './support/eventually.ts'
import { type Load, startLoad } from './support/load.ts'
import { type Origin, startOrigin } from './support/origin.ts'
import { type Example, type System, createExample, publishAndWait, startSystem } from './support/system.ts'

let system: System
let good: Origin
let bad: http.Server
let badUrl: string
let example: Example
let url: string
let load: Load

before(async () => {
  ;[system, good] = await Promise.all([startSystem({ nodes: 3 }), startOrigin('good')])
  bad = http.createServer((request, response) => {
    request.resume()
    response.writeHead(500).end('bad')
  })
  bad.listen(0, '127.0.0.1')
  await once(bad, 'listening')
  badUrl = `http://127.0.0.1:${(bad.address() as AddressInfo).port}`
  await system.startJobs()
  example = await createExample(system, [good.url])
  await publishAndWait(system, 'good')
  url = `http://127.0.0.1:${system.nodes[0]?.ports.from}/`
  load = startLoad({ url, perSecond: 50 })
})

after(async () => {
  await load?.stop()
  await system?.stop()
  await good?.stop()
  bad?.closeAllConnections()
  bad?.close()
})

const get = (path: string) => system.api.must('GET', path)
const live = async () => (await system.api.must('POST', '/config/validate', {})).live
const hold = async () => (await get('/config/hold')).hold
const served = async (id: string) => (await get(`/nodes/${id}`)).heartbeat.served
const revisions = async () => (await get('/fleet')).nodes.map((node: any) => node.serving?.revision)
const pointTo = (address: string) => system.api.patch(`/upstreams/${example.upstream.id}`, { targets: [{ id: 't1', address }] })
const answerOf = async () => {
  const response = await fetch(url, { headers: { connection: 'close' } })
  return `${response.status} ${await response.text()}`
}

async function publish(options: object): Promise<number> {
  const { draftHash, live: current } = await system.api.must('POST', '/config/validate', {})
  const { revision } = await system.api.must('POST', '/config/publish', { expectedRevision: current.revision, expectedDraftHash: draftHash, acknowledgeRollback: true, ...options })
  return revision
}

async function kill(which: 'web' | 'jobs'): Promise<void> {
  system[which]?.signal('SIGKILL')
  await system[which]?.exited
}

test('a canary whose origin answers 500 goes back by itself, though control-jobs is killed and started in between', async () => {
  const before = await live()
  await eventually('the node told what it served', async () => (await served('node-1')).requests > 100)
  await pointTo(badUrl)
  const revision = await publish({ note: 'bad', canary: { nodes: ['node-1'], holdSeconds: 600 } })
  await kill('jobs')
  await eventually('the canary serves it', async () => (await answerOf()) === '500 bad')
  await eventually('its errors are known', async () => (await served('node-1')).errors > 20, 20_000)
  assert.deepEqual(await revisions(), [revision, before.revision, before.revision])
  assert.equal((await hold()).revision, revision, 'nobody decides without control-jobs')
  await Promise.all([system.startJobs(), startSecondJobs()])
  await eventually('it went back', async () => (await hold()) === null, 60_000)
  await system.applied(revision + 1)
  assert.deepEqual([(await live()).revision, (await live()).sha256], [revision + 1, before.sha256])
  assert.equal(await answerOf(), '200 good')
  const { state, hold: told } = await get(`/snapshots/${revision}/rollout`)
  assert.deepEqual([state, told.outcome, told.restored], ['refused', 'rolled_back', revision + 1])
  assert.match(told.reason, /^answers 5xx rose from 0\.0 % to \d+\.\d %/)
  const { items } = await get('/audit?action=config.canary_roll_back')
  assert.deepEqual(items.map(({ after: { reason } }: any) => reason), [told.reason], 'once, whatever two processes did')
})

/** Beside the first one; ends with this process. */
async function startSecondJobs(): Promise<void> {
  const { startService } = await import('./support/service.ts')
  const second = await startService('server/jobs.ts', system.webEnv)
  after(() => second.stop())
}

test('a canary that holds goes to every node, and a rollout that waits tells so', async () => {
  await pointTo(good.url)
  await system.api.patch(`/upstreams/${example.upstream.id}`, { description: 'harmless' })
  const revision = await publish({ note: 'good', canary: { percent: 34, holdSeconds: 5 } })
  const { state, hold: told } = await get(`/snapshots/${revision}/rollout?waitSeconds=60`)
  assert.ok(['applied', 'applied_with_issues', 'pending'].includes(state), state)
  await eventually('it is kept', async () => (await get(`/snapshots/${revision}/rollout`)).hold.outcome === 'kept', 60_000)
  assert.equal(told.canary.nodes.length, 1)
  await eventually('every node serves it', async () => (await revisions()).every((serving: number) => serving === revision))
})

test('what nobody confirms goes back, though the whole control plane was dead when its time was over', async () => {
  const before = await live()
  await pointTo(badUrl)
  const revision = await publish({ note: 'unconfirmed', confirmWithinSeconds: 6 })
  await eventually('every node serves it', async () => (await revisions()).every((serving: number) => serving === revision))
  const { confirmUntil } = await hold()
  await Promise.all([kill('web'), kill('jobs')])
  await eventually('the time is over', () => Date.now() > Date.parse(confirmUntil) + 500, 20_000)
  await Promise.all([system.startWeb(), system.startJobs()])
  await eventually('it went back', async () => (await live()).sha256 === before.sha256, 60_000)
  await system.applied(revision + 1, 30_000)
  assert.equal(await answerOf(), '200 good')
  const { hold: told } = await get(`/snapshots/${revision}/rollout`)
  assert.deepEqual([told.outcome, told.outcomeBy, told.confirmedBy], ['rolled_back', 'control-jobs', null])
})

test('a node that serves another content than its revision has in the database is an alarm', async () => {
  const { revision } = await live()
  const db = createDatabase({ url: system.databaseUrl })
  try {
    // As a database restored from a backup may hold another content under the same number.
    await db.sequelize.transaction(async (transaction) => {
      await db.sequelize.query("SET LOCAL gateway.retention = 'on'", { transaction })
      await db.sequelize.query('CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM snapshots WHERE revision = $1', { bind: [revision], transaction })
      await db.sequelize.query('DELETE FROM snapshots WHERE revision = $1', { bind: [revision], transaction })
      await db.sequelize.query("UPDATE kept SET sha256 = repeat('d', 64)", { transaction })
      await db.sequelize.query('INSERT INTO snapshots SELECT * FROM kept', { transaction })
    })
  } finally {
    await db.sequelize.close()
  }
  await eventually('every node is shown to drift', async () => (await get('/fleet')).counts.drift === 3, 30_000)
  assert.equal(system.web.lines.filter((line) => line.includes('drift: a node serves another content')).length, 3)
})
