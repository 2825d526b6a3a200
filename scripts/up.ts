import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { buildAdminPage } from './admin-page.ts'
import { readCommandLine } from './command-line.ts'
import { ensureRedis } from './services/install-redis.ts'
import { claimPidFile } from './services/pid-file.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { createApi } from './up/api.ts'
import { checkPorts } from './up/check-ports.ts'
import { demoAnswers, demoOrigins, publishDemo } from './up/demo.ts'
import { embeddedPostgres, embeddedRedis } from './up/embedded-services.ts'
import { enrollNode } from './up/enroll-node.ts'
import { keepSecrets } from './up/kept-secrets.ts'
import type { KeptSecrets } from './up/kept-secrets.ts'
import { formatLogLine } from './up/log-line.ts'
import { programEnvironments } from './up/program-environments.ts'
import { programService } from './up/program-service.ts'
import { localUrl, readSettings } from './up/settings.ts'
import type { UpSettings } from './up/settings.ts'
import { supervise } from './up/supervise.ts'
import type { ServiceSpec, Supervised } from './up/supervise.ts'

const HELP = `npm run up                everything on this machine: PostgreSQL, Redis, control plane, data node
npm run up -- --demo      also an example listener, upstream and routes, published

Ctrl-C stops everything in order; a second Ctrl-C stops it at once. Environment:
  DATA_DIR            where data and generated secrets are kept (.data)
  DATABASE_URL        a PostgreSQL of your own instead of the embedded one
  REDIS_URL           a Redis of your own instead of a private one
  CONTROL_PLANE_ADDR  address of admin page and REST API (127.0.0.1:9000)
  HTTP_PORT_RANGE     ports that listeners may use (8080-8089)
  METRICS_ADDR        health and metrics of the data node (127.0.0.1:9100)
  ADMIN_EMAIL, ADMIN_PASSWORD, ADMIN_TOKEN   of the first administrator (generated)
  NODE_ID, THREADS, LOG_LEVEL, ...           as in docs/OPS.md`

const { flags } = readCommandLine(HELP, ['demo'])
const color = process.stdout.isTTY && !process.env.NO_COLOR
const running: Supervised[] = []
let stopping: Promise<void> | null = null

stopOnSignal(() => void stopAndExit(0), (exitCode) => {
  for (const service of running) void service.stop(true)
  setTimeout(() => process.exit(exitCode), 500)
})
try {
  await main()
} catch (error) {
  // What fails because everything is being stopped is no news.
  if (stopping === null) {
    say((error as Error).message)
    await stopAndExit(1)
  }
}

async function main(): Promise<void> {
  const settings = readSettings(process.env)
  mkdirSync(settings.dataDir, { recursive: true })
  const other = claimPidFile(path.join(settings.dataDir, 'up.pid'))
  if (other !== null) throw new Error(`process ${other} already runs from ${settings.dataDir}; stop it, or set another DATA_DIR (and other ports)`)
  await checkPorts(settings, say)
  if (settings.redisUrl === null) ensureRedis(say)
  buildAdminPage(say)
  const secrets = keepSecrets(settings.dataDir)
  const env = programEnvironments(process.env, settings, secrets)
  env.databaseUrl = settings.databaseUrl ?? await startEmbedded(await embeddedPostgres(settings.dataDir, logger('postgres')))
  env.redisUrl = settings.redisUrl ?? await startEmbedded(await embeddedRedis(settings.dataDir))
  await start(programService({ name: 'control-web', program: 'server/web.ts', env: env.control, stopMs: 20_000, log: logger('control-web') }))
  await start(programService({ name: 'control-jobs', program: 'server/jobs.ts', env: env.control, stopMs: 20_000, log: logger('control-jobs') }))
  const baseUrl = localUrl(settings.control)
  const api = createApi(baseUrl, env.adminToken)
  env.nodeToken = await enrollNode(api, baseUrl, settings.nodeId, settings.dataDir)
  const origins = flags.demo ? await startDemoOrigins(settings) : []
  await start(programService({ name: 'data-node', program: 'workers/main.ts', env: env.node, stopMs: env.nodeStopMs, log: logger('data-node') }))
  const demoUrl = flags.demo ? await publishDemo(api, settings, origins, say) : null
  if (demoUrl !== null && !await demoAnswers(demoUrl)) say(`${demoUrl} does not answer yet; see the data-node lines above`)
  if (stopping === null) printWelcome(settings, secrets, demoUrl)
}

async function start(spec: ServiceSpec): Promise<void> {
  if (stopping !== null) throw new Error('stopping')
  await supervise(spec, (service) => running.push(service), { say })
}

async function startEmbedded(service: { spec: ServiceSpec; url(): string }): Promise<string> {
  await start(service.spec)
  return service.url()
}

async function startDemoOrigins(settings: UpSettings): Promise<{ name: string; port: number }[]> {
  const origins = await demoOrigins(settings.dataDir)
  for (const { name, port } of origins) {
    await start(programService({ name, program: 'scripts/up/demo-origin.ts', args: [name, String(port)], env: () => process.env, stopMs: 3_000, log: logger(name) }))
  }
  return origins
}

/** Stops what was started, the last first: the data node before the origins, the control plane before its stores. */
function stopAndExit(exitCode: number): Promise<void> {
  stopping ??= (async () => {
    if (running.length > 0) say('stopping ...')
    while (running.length > 0) {
      await running.at(-1)?.stop(false)
      const stopped = running.pop()
      if (stopped) say(`${stopped.name} has stopped`)
    }
    process.exit(exitCode)
  })()
  return stopping
}

function printWelcome(settings: UpSettings, secrets: KeptSecrets, demoUrl: string | null): void {
  const base = localUrl(settings.control)
  const password = process.env.ADMIN_PASSWORD ? 'the one in ADMIN_PASSWORD' : secrets.password
  const lines = [
    ['admin page', base],
    ['sign in', `${process.env.ADMIN_EMAIL || secrets.email}   password: ${password}`],
    ['REST API', `${base}/api/v1/openapi.json`],
    ['data node', `ports ${settings.httpPortRange}; a listener opens its port when it is published`],
    ['data', settings.dataDir],
    ...demoUrl === null ? [] : [['try it', `curl -i ${demoUrl}`]]
  ]
  console.log(`\nThe gateway is running.\n\n${lines.map(([name = '', text]) => `  ${name.padEnd(11)} ${text}`).join('\n')}\n\nCtrl-C stops everything.\n`)
}

function logger(name: string): (line: string) => void {
  return (line) => console.log(formatLogLine(name, line, color))
}

function say(line: string): void {
  logger('up')(line)
}
