import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDatabase } from '../../db/database.ts'
import { verifyAudit } from '../../server/audit/verify-audit.ts'
import { type SeededRandom, seededRandom } from '../../shared/testing/seeded-random.ts'
import { freePort } from '../services/free-port.ts'
import { runAlone } from '../services/postgres.ts'
import { type ApiClient, createApiClient } from './support/api-client.ts'
import { eventually } from './support/eventually.ts'
import { keepRunning, type KeptRunning } from './support/keep-running.ts'
import { type Load, startLoad } from './support/load.ts'
import { startService } from './support/service.ts'
import { createExample, type NodeUnderTest, publishAndWait, startSystem, type System } from './support/system.ts'

const SECONDS = 60
const KILL_EVERY_MS = 1_500
const PER_SECOND = 20
/** Connections that a killed worker process had accepted are gone; it is replaced within a second, on a busy machine later. */
const AFTERMATH_MS = 5_000
/** Connections wait in the queue of the port while a worker process is made, however long that takes here. */
const PATIENCE_MS = 60_000
const PROBE_SECONDS = 1

interface Kill { what: string; at: number }

let system: System
let origin: { url: string; probes: number; server: http.Server }
let kept: KeptRunning[]
let apis: ApiClient[]

before(async () => {
  ;[system, origin] = await Promise.all([startSystem({ nodes: 0, nodeEnv: { ORPHAN_SECONDS: '60', THREADS: '1' } }), startOrigin()])
  await system.web.stop()
  const ports = [Number(new URL(system.baseUrl).port), await freePort()]
  const webs = await Promise.all(ports.map((port, index) => keepRunning(`web-${index + 1}`, () => startService('server/web.ts', { ...system.webEnv, CONTROL_PLANE_ADDR: `127.0.0.1:${port}` }))))
  apis = ports.map((port) => createApiClient(`http://127.0.0.1:${port}`, system.webEnv['ADMIN_TOKEN'] ?? ''))
  const jobs = await Promise.all([1, 2].map((number) => keepRunning(`jobs-${number}`, () => startService('server/jobs.ts', system.webEnv))))
  const nodes: KeptRunning[] = []
  for (const number of [1, 2, 3]) {
    const node = await system.addNode(`node-${number}`, { CONTROL_PLANE_URL: `http://127.0.0.1:${ports[number % 2]}`, HTTP_PORT_RANGE: String(await freePort()) })
    let isFirst = true
    nodes.push(await keepRunning(node.id, async () => {
      if (!isFirst) await node.start()
      isFirst = false
      return node.service
    }))
  }
  kept = [...webs, ...jobs, ...nodes]
})

after(async () => {
  await Promise.all(kept?.map((one) => one.stop()) ?? [])
  await system?.stop()
  origin?.server.closeAllConnections()
  origin?.server.close()
})

async function startOrigin(): Promise<typeof origin> {
  const server = http.createServer((request, response) => {
    if (request.url === '/health') started.probes++
    response.end('hello')
  })
  const started = { url: '', probes: 0, server }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  started.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return started
}

/** What was confirmed to the one who published. */
interface Confirmed { edits: number; revisions: number[] }

/** Edits and publishes by either control-web until it is told to stop; what does not come through is simply tried again. */
async function publishOn(routeId: string, confirmed: Confirmed, isOver: () => boolean): Promise<void> {
  for (let turn = 0; !isOver(); turn++) {
    const api = apis[turn % apis.length]!
    try {
      await api.patch(`/routes/${routeId}`, { description: `edit ${turn}` })
      confirmed.edits++
      const { status, body } = await api.publish(`publish ${turn}`)
      if (status === 201) confirmed.revisions.push(body.revision)
    } catch {
      await sleep(50)
    }
  }
}

/** Both processes of a node at once would be a machine that is gone: its next one is killed when it is whole again. */
async function killOn(random: SeededRandom, kills: Kill[]): Promise<void> {
  const end = performance.now() + SECONDS * 1000
  while (performance.now() < end) {
    const victim = random.one(kept)
    const node = system.nodes.find(({ id }) => id === victim.name)
    if (node === undefined || await isWhole(node, kills)) {
      const worker = node !== undefined && random.below(10) < 6 ? await node.workerPid().catch(() => null) : null
      if (worker !== null) process.kill(worker, 'SIGKILL')
      else victim.kill()
      kills.push({ what: worker === null ? victim.name : `${victim.name} worker`, at: performance.now() })
    }
    await sleep(KILL_EVERY_MS)
  }
}

async function isWhole(node: NodeUnderTest, kills: readonly Kill[]): Promise<boolean> {
  const last = kills.findLast(({ what }) => what.startsWith(node.id))
  if (last !== undefined && performance.now() - last.at < AFTERMATH_MS) return false
  const text = await fetch(`${node.metricsUrl}/metrics`, { signal: AbortSignal.timeout(1_000) }).then((response) => response.text(), () => '')
  return /^gateway_threads [1-9]/m.test(text)
}

/**
 * Failures of a node's traffic that no kill of its worker process explains. When the primary was killed, the next one takes
 * over from the worker process that served on: what waited in its queue at that moment can be reset (docs/decisions/0004).
 */
function unexplained(node: NodeUnderTest, load: Load, kills: readonly Kill[]): string[] {
  const ofWorker = kills.filter(({ what }) => what === `${node.id} worker`)
  const ofNode = kills.filter(({ what }) => what.startsWith(node.id))
  return load.report.failedAt
    .filter(({ sent, failed, failure }) => !(failure === 'ECONNRESET' ? ofNode : ofWorker).some(({ at }) => failed >= at && sent <= at + AFTERMATH_MS))
    .map(({ sent, failure }) => `${failure}, after ${kills.filter(({ at }) => at <= sent).slice(-3).map(({ what, at }) => `${what} (${Math.round(sent - at)} ms)`).join(', ')}`)
}

async function count(sql: string): Promise<number> {
  return (await runAlone(system.databaseUrl, sql)).rows[0].n
}

test('two control-web, two control-jobs and three nodes, killed at random: nothing is lost, doubled or stuck', async (t) => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 100_000)
  t.diagnostic(`SEED=${seed}`)
  const { listener, upstream, route } = await createExample(system, [origin.url])
  for (const node of system.nodes.slice(1)) await system.api.must('POST', '/listeners', { name: `web of ${node.id}`, protocol: 'http', port: node.ports.from || Number(node.env['HTTP_PORT_RANGE']) })
  await system.api.patch(`/listeners/${listener.id}`, { port: Number(system.nodes[0]!.env['HTTP_PORT_RANGE']) })
  await system.api.patch(`/upstreams/${upstream.id}`, { healthCheck: { active: { enabled: true, intervalSeconds: PROBE_SECONDS, timeoutSeconds: 1 } } })
  await publishAndWait(system)
  const loads = system.nodes.map((node) => startLoad({ url: `http://127.0.0.1:${node.env['HTTP_PORT_RANGE']}/`, perSecond: PER_SECOND, patienceMs: PATIENCE_MS }))
  await eventually('probes are made', () => origin.probes > 0, 20_000)

  const [kills, confirmed]: [Kill[], Confirmed] = [[], { edits: 0, revisions: [] }]
  const [from, probesBefore] = [performance.now(), origin.probes]
  let isOver = false
  const publishing = publishOn(route.id, confirmed, () => isOver)
  await killOn(seededRandom(seed), kills)
  isOver = true
  await publishing
  const seconds = (performance.now() - from) / 1000
  const probes = origin.probes - probesBefore
  t.diagnostic(`${kills.length} kills, ${confirmed.revisions.length} publishes, ${loads.reduce((sum, { report }) => sum + report.sent, 0)} requests, ${probes} probes in ${seconds.toFixed(0)} s`)

  // Nothing is stuck.
  await eventually('both control-web answer', async () => (await Promise.all(apis.map((api) => api.must('GET', '/nodes')))).length === 2, 30_000)
  const last = await eventually<number | null>('a publish comes through', async () => {
    await system.api.patch(`/routes/${route.id}`, { description: 'the last edit' })
    const { status, body } = await system.api.publish('the last')
    return status === 201 ? body.revision : null
  }, 30_000)
  await system.applied(last, 60_000).catch(async (error: Error) => assert.fail(`${error.message}: ${JSON.stringify((await system.api.must('GET', `/snapshots/${last}/rollout`)).nodes.map(({ nodeId, state }: any) => [nodeId, state]))}`))
  const probesThen = origin.probes
  await eventually('probes go on', () => origin.probes > probesThen + 2, 60_000)
  await Promise.all(loads.map((load) => load.stop()))

  // Nothing is lost or doubled.
  assert.ok(confirmed.revisions.length >= 3, `only ${confirmed.revisions.length} publishes came through`)
  assert.equal(await count('SELECT count(*)::int AS n FROM snapshots'), last, 'revisions have no gaps')
  assert.equal(await count("SELECT count(*)::int AS n FROM audit WHERE action = 'config.publish'"), last, 'one audit row for each publish')
  const { rows } = await runAlone(system.databaseUrl, "SELECT revision, created_by FROM snapshots")
  const known = new Set(rows.map(({ revision }) => revision))
  assert.deepEqual(confirmed.revisions.filter((revision) => !known.has(revision)), [], 'what was confirmed is there')
  assert.equal(new Set(confirmed.revisions).size, confirmed.revisions.length, 'no revision was given out twice')
  const version = (await system.api.must('GET', `/routes/${route.id}`)).version
  assert.equal(await count(`SELECT count(*)::int AS n FROM audit WHERE action = 'routes.update' AND resource_id = '${route.id}'`), version - 1, 'one audit row for each change')
  assert.ok(version - 1 >= confirmed.edits, 'every confirmed edit is there')
  const db = createDatabase({ url: system.databaseUrl })
  assert.deepEqual(await verifyAudit(db, null).then(({ problem }) => problem), null, 'the audit chain is whole')
  await db.sequelize.close()
  assert.ok(probes <= (seconds / PROBE_SECONDS) * 1.25 + 5, `${probes} probes in ${seconds.toFixed(0)} s: a target was probed twice at a time`)
  assert.deepEqual(system.nodes.flatMap((node, index) => unexplained(node, loads[index]!, kills)), [], 'only connections of a killed worker process fail')
})
