import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { projectRoot } from './project-root.ts'
import { freePort, freePortRange } from './services/free-port.ts'
import { isRunning } from './services/is-running.ts'
import { startRedis } from './services/redis.ts'
import type { RedisServer } from './services/redis.ts'
import { createTestDatabase } from './services/test-database.ts'
import type { TestDatabase } from './services/test-database.ts'
import { waitUntil } from './services/wait-until.ts'
import { createApiClient } from './system/support/api-client.ts'
import { startLoad } from './system/support/load.ts'
import { startOrigin } from './system/support/origin.ts'
import type { Origin } from './system/support/origin.ts'

// The worker process of a primary that handed over serves until the next one does, at most this long.
const ORPHAN_SECONDS = 60

let folder: string
let env: NodeJS.ProcessEnv
let database: TestDatabase
let redis: RedisServer
let origin: Origin
let daemon: number

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-pm2-'))
  database = await createTestDatabase()
  redis = await startRedis()
  origin = await startOrigin('served')
  const ports = await freePortRange(4)
  env = {
    PATH: process.env.PATH,
    HOME: folder,
    PM2_HOME: path.join(folder, 'pm2'),
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    CONTROL_PLANE_ADDR: `127.0.0.1:${await freePort()}`,
    ADMIN_TOKEN: randomBytes(24).toString('hex'),
    NODE_ID: 'node-1',
    HTTP_PORT_RANGE: `${ports.from}-${ports.to}`,
    METRICS_ADDR: `127.0.0.1:${await freePort()}`,
    DATA_DIR: path.join(folder, 'node'),
    GATEWAY_LOCK_DIR: path.join(folder, 'locks'),
    THREADS: '2',
    SHUTDOWN_DELAY_SECONDS: '0',
    DRAIN_SECONDS: '3'
  }
})

after(async () => {
  await pm2('kill')
  await origin.stop()
  await redis.stop()
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

async function pm2(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [path.join(projectRoot, 'node_modules/pm2/bin/pm2'), ...args], { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  assert.equal(await exit, 0, `pm2 ${args.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

interface Listed { name: string; pid: number; pm2_env: { status: string; restart_time: number } }

async function listed(): Promise<Map<string, Listed>> {
  const output = await pm2('jlist')
  return new Map((JSON.parse(output.slice(output.lastIndexOf('\n[') + 1)) as Listed[]).map((one) => [one.name, one]))
}

function logs(): string {
  return ['data-node-error.log', 'data-node-out.log', 'control-web-error.log'].map((name) => {
    try {
      return readFileSync(path.join(folder, 'pm2/logs', name), 'utf8').split('\n').slice(-20).join('\n')
    } catch {
      return ''
    }
  }).join('\n')
}

/** The gateway's processes of this test, wherever they stand in the process tree. */
function ownProcesses(): number[] {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map(Number).filter((pid) => {
    try {
      return pid !== daemon && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`PM2_HOME=${env.PM2_HOME}`) && isRunning(pid)
    } catch {
      return false
    }
  })
}

test('under PM2: start, publish, reload without a refused connection, delete', async () => {
  await pm2('start', 'ecosystem.config.js', '--only', 'control-web,control-jobs')
  daemon = Number(readFileSync(path.join(folder, 'pm2/pm2.pid'), 'utf8'))
  const api = createApiClient(`http://${env.CONTROL_PLANE_ADDR}`, env.ADMIN_TOKEN ?? '')
  env.NODE_TOKEN = (await api.must<{ token: string }>('POST', '/nodes', { id: 'node-1' })).token
  env.CONTROL_PLANE_URL = `http://${env.CONTROL_PLANE_ADDR}`
  await pm2('start', 'ecosystem.config.js', '--only', 'data-node')
  const started = await listed()
  for (const name of ['control-web', 'control-jobs', 'data-node']) assert.equal(started.get(name)?.pm2_env.status, 'online', `${name}\n${logs()}`)

  const port = Number(env.HTTP_PORT_RANGE?.split('-')[0])
  await api.must('POST', '/listeners', { name: 'web', protocol: 'http', port })
  const upstream = await api.must<{ id: string }>('POST', '/upstreams', { name: 'app', targets: [{ id: 'one', address: origin.url }] })
  await api.must('POST', '/routes', { name: 'all', isGlobal: true, upstreamId: upstream.id, match: { path: { type: 'prefix', value: '/' } } })
  assert.equal((await api.publish()).status, 201)
  const url = `http://127.0.0.1:${port}/`
  await waitUntil(() => fetch(url).then((answer) => answer.ok, () => false), { ms: 20_000, what: `${url} to answer\n${logs()}` })

  const load = startLoad({ url, perSecond: 300, newConnections: 'all' })
  for (let reload = 1; reload <= 2; reload++) {
    const before = (await listed()).get('data-node')?.pid
    await pm2('reload', 'data-node')
    const after = (await listed()).get('data-node')
    assert.equal(after?.pm2_env.status, 'online')
    assert.notEqual(after?.pid, before)
  }
  const report = await load.stop()
  // None is refused. When the old process closes its listening sockets, the kernel resets what waits in their queues
  // and was not accepted yet, unless net.ipv4.tcp_migrate_req is 1 (docs/OPS.md); that is a handful at most.
  assert.deepEqual(report.failures.filter((failure) => failure !== 'new: ECONNRESET'), [], logs())
  assert.ok(report.failed <= report.sent * 0.01, `${report.failed} of ${report.sent} were reset`)
  assert.ok(report.ok > 500)

  await pm2('reload', 'ecosystem.config.js', '--only', 'control-web')
  assert.equal((await api.request('GET', '/nodes')).status, 200)

  await pm2('delete', 'all')
  await waitUntil(() => ownProcesses().length === 0, { ms: (ORPHAN_SECONDS + 30) * 1000, what: 'every process to end', everyMs: 200 })
  await assert.rejects(fetch(url), /fetch failed/)
})
