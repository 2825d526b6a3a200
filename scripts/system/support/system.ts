import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { freePort, freePortRange } from '../../services/free-port.ts'
import { type RedisServer, startRedis } from '../../services/redis.ts'
import { startPostgres } from '../../services/postgres.ts'
import { createTestDatabase, type TestDatabase } from '../../services/test-database.ts'
import { type ApiClient, createApiClient } from './api-client.ts'
import { eventually } from './eventually.ts'
import { type Service, startService } from './service.ts'

/** One data node of a system under test. */
export interface NodeUnderTest {
  readonly id: string
  readonly dataDir: string
  readonly env: Record<string, string>
  readonly metricsUrl: string
  readonly ports: { from: number; to: number }
  /** Replaced by `start`. */
  service: Service
  start(): Promise<void>
  workerPid(): Promise<number>
}

/** A whole system: Postgres database, Redis, control-web and data nodes, all real. */
export interface System {
  readonly api: ApiClient
  readonly baseUrl: string
  readonly redis: Awaited<ReturnType<typeof startRedis>>
  readonly databaseUrl: string
  /** Environment of control-web, for other processes of the control plane. */
  readonly webEnv: Record<string, string>
  web: Service
  startWeb(): Promise<void>
  /** control-jobs; null until startJobs(). */
  jobs: Service | null
  startJobs(): Promise<void>
  readonly nodes: NodeUnderTest[]
  addNode(id: string, env?: Record<string, string>): Promise<NodeUnderTest>
  /** Environment of a node without starting it. */
  nodeEnvironment(id: string, env?: Record<string, string>): Promise<Record<string, string>>
  /** Waits until every node serves `revision` on every thread. */
  applied(revision: number, deadlineMs?: number): Promise<any>
  stop(): Promise<void>
}

export interface SystemOptions {
  nodes?: number
  nodeEnv?: Record<string, string>
  webEnv?: Record<string, string>
  database?: TestDatabase
  redis?: RedisServer
}

/** Starts the system with as many nodes as `nodes` says (1 by default), each with 10 reserved ports. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-system-'))
  const [database, redis] = await Promise.all([options.database ?? createTestDatabase(), options.redis ?? startRedis()])
  const adminToken = randomBytes(24).toString('hex')
  const webPort = await freePort()
  const baseUrl = `http://127.0.0.1:${webPort}`
  const webEnv = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    CONTROL_PLANE_ADDR: `127.0.0.1:${webPort}`,
    SECRETS_KEY: randomBytes(32).toString('base64'),
    PROBE_LOCAL_TARGETS: 'true',
    ADMIN_EMAIL: 'admin@example.test',
    ADMIN_PASSWORD: 'correct horse battery staple',
    ADMIN_TOKEN: adminToken,
    LOG_LEVEL: 'info',
    ...options.webEnv
  }
  const api = createApiClient(baseUrl, adminToken)
  const system: System = {
    api,
    baseUrl,
    redis,
    databaseUrl: database.url,
    webEnv,
    web: await startService('server/web.ts', webEnv),
    async startWeb() {
      system.web = await startService('server/web.ts', webEnv)
    },
    jobs: null,
    async startJobs() {
      system.jobs = await startService('server/jobs.ts', webEnv)
    },
    nodes: [],
    async nodeEnvironment(id, env = {}) {
      const { token } = await api.must('POST', '/nodes', { id })
      const ports = await freePortRange(10)
      return {
        CONTROL_PLANE_URL: baseUrl,
        REDIS_URL: redis.url,
        NODE_ID: id,
        NODE_TOKEN: token,
        HTTP_PORT_RANGE: `${ports.from}-${ports.to}`,
        THREADS: '2',
        POLL_INTERVAL_SECONDS: '2',
        SHUTDOWN_DELAY_SECONDS: '0',
        DRAIN_SECONDS: '3',
        DATA_DIR: path.join(directory, id),
        METRICS_ADDR: `127.0.0.1:${await freePort()}`,
        GATEWAY_LOCK_DIR: path.join(directory, 'locks'),
        LOG_LEVEL: 'info',
        ...options.nodeEnv,
        ...env
      }
    },
    async addNode(id, env) {
      const node = await startNode(id, await system.nodeEnvironment(id, env))
      system.nodes.push(node)
      return node
    },
    applied: (revision, deadlineMs = 10_000) =>
      eventually(
        `every node serves revision ${revision}`,
        async () => {
          const { nodes } = await api.must('GET', `/snapshots/${revision}/rollout`)
          return nodes.length >= system.nodes.length && nodes.every((node: any) => node.state.startsWith('applied')) && nodes
        },
        deadlineMs
      ),
    async stop() {
      await Promise.all(system.nodes.map((node) => node.service.stop()))
      await system.jobs?.stop()
      await system.web.stop()
      await Promise.all([redis.stop(), database.drop()])
      fs.rmSync(directory, { recursive: true, force: true })
    }
  }
  for (let index = 0; index < (options.nodes ?? 1); index++) await system.addNode(`node-${index + 1}`)
  return system
}

export interface OwnDatabase extends TestDatabase {
  readonly serverPid: number
  /** `force`: as after a crash, the next start recovers. */
  stopServer(force?: boolean): Promise<void>
  startServer(): Promise<void>
}

/** A database on a PostgreSQL server of its own, for tests that stop the server. `durable`: what it has confirmed outlives a crash. */
export async function startOwnDatabase(settings: { durable?: boolean } = {}): Promise<OwnDatabase> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-postgres-'))
  fs.chmodSync(folder, 0o755)
  const options = { dataDir: path.join(folder, 'data'), port: await freePort(), durable: settings.durable ?? false }
  let server = await startPostgres(options)
  return {
    url: await server.createDatabase('gateway'),
    get serverPid() {
      return server.pid
    },
    stopServer: (force) => server.stop(force),
    async startServer() {
      server = await startPostgres(options)
    },
    async drop() {
      await server.stop()
      fs.rmSync(folder, { recursive: true, force: true })
    }
  }
}

async function startNode(id: string, env: Record<string, string>): Promise<NodeUnderTest> {
  const [from = 0, to = 0] = (env.HTTP_PORT_RANGE ?? '').split('-').map(Number)
  const node: NodeUnderTest = {
    id,
    env,
    dataDir: env.DATA_DIR ?? '',
    metricsUrl: `http://${env.METRICS_ADDR}`,
    ports: { from, to },
    service: await startService('workers/main.ts', env),
    async start() {
      node.service = await startService('workers/main.ts', env)
    },
    async workerPid() {
      const text = fs.readFileSync(`/proc/${node.service.pid}/task/${node.service.pid}/children`, 'utf8')
      const pids = text.trim().split(/\s+/).filter((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('process.ts'))
      if (pids.length !== 1) throw new Error(`expected one worker process, found ${pids.length}`)
      return Number(pids[0])
    }
  }
  return node
}

/** The drafted resources of a small working configuration, created through the API. */
export interface Example {
  listener: any
  upstream: any
  route: any
}

/** A listener on the first port of the first node, an upstream with `targets`, a global route on "/". Not published. */
export async function createExample(system: System, targets: string[], port = system.nodes[0]?.ports.from ?? 0): Promise<Example> {
  const { api } = system
  const listener = await api.must('POST', '/listeners', { name: 'web', protocol: 'http', port })
  const upstream = await api.must('POST', '/upstreams', { name: 'app', targets: targets.map((address, index) => ({ id: `t${index + 1}`, address })) })
  const route = await api.must('POST', '/routes', { name: 'all', isGlobal: true, match: { path: { type: 'prefix', value: '/' } }, upstreamId: upstream.id })
  return { listener, upstream, route }
}

/** Publishes the draft and waits until every node serves it. */
export async function publishAndWait(system: System, note?: string): Promise<number> {
  const { status, body } = await system.api.publish(note)
  if (status !== 201) throw new Error(`publish answered ${status}: ${JSON.stringify(body)}`)
  await system.applied(body.revision)
  return body.revision
}
