import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { freePort } from './free-port.ts'
import { startGuarded } from './guarded-process.ts'
import type { GuardedProcess } from './guarded-process.ts'
import { filesOf, preparePostgresHome } from './postgres-home.ts'
import type { PostgresHome } from './postgres-home.ts'
import { removeStaleLock } from './postgres-lock.ts'
import { waitForLine } from './wait-for-line.ts'

export interface PostgresServer {
  /** Superuser URL of the maintenance database `postgres`. */
  url: string
  port: number
  pid: number
  /** Where the data is; not the wanted place when that could not be reached by the server's user. */
  dataDir: string
  /** Resolves when the server has ended, also by itself. */
  exited: Promise<void>
  /** New empty database, its URL. */
  createDatabase(name?: string): Promise<string>
  /** The database's URL; made when it is not there. */
  ensureDatabase(name: string): Promise<string>
  /** Fast shutdown: open transactions are rolled back; `force` = at once, the next start recovers. Resolves when it has ended. */
  stop(force?: boolean): Promise<void>
  /** Lets this process end without stop(); the server then ends by itself. */
  unref(): void
}

export interface PostgresOptions {
  dataDir: string
  /** Default: a free one. */
  port?: number
  /** Gets every line of the server's log. */
  log?: (line: string) => void
  /** false = no fsync: fast, and a power cut may lose everything. For tests only. Default true. */
  durable?: boolean
  /** The data is removed when the server stops or this process is gone. Default false. */
  temporary?: boolean
}

const READY = /database system is ready to accept connections/
const START_MS = 60_000
const RETRY = /could not bind|pre-existing shared memory block/

/**
 * A PostgreSQL server on 127.0.0.1 with password authentication that ends with this process. The first start
 * makes the data directory and a password, kept beside it in `<dataDir>.password` (0600).
 * Throws with the end of the server's log when it does not come up within 60 s.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const home = preparePostgresHome(path.resolve(options.dataDir))
  const password = preparePassword(home)
  removeStaleLock(home.data)
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? await freePort()
    try {
      const process = await startServer(home, port, options)
      return serverHandle(process, home, options, `postgres://postgres:${password}@127.0.0.1:${port}/postgres`)
    } catch (error) {
      // Processes of a killed server need a moment to notice that it is gone.
      if (attempt >= 5 || !RETRY.test(String(error)) || (options.port !== undefined && /could not bind/.test(String(error)))) throw error
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

function preparePassword(home: PostgresHome): string {
  const file = `${home.data}.password`
  if (!existsSync(path.join(home.data, 'PG_VERSION'))) {
    const password = randomBytes(24).toString('base64url')
    writeFileSync(file, `${password}\n`, { mode: 0o600 })
    initialize(home, password)
    return password
  }
  if (!existsSync(file)) throw new Error(`${file} is missing: the password of the database in ${home.data}. Put it back, or remove both to start empty`)
  return readFileSync(file, 'utf8').trim()
}

// Made under another name and renamed when complete: a start that is killed half-way leaves no half database.
function initialize(home: PostgresHome, password: string): void {
  const part = mkdtempSync(`${home.data}.part-`)
  try {
    const passwordFile = path.join(part, 'password')
    writeFileSync(passwordFile, password, { mode: 0o600 })
    if (home.user) for (const file of [part, passwordFile]) chownSync(file, home.user.uid, home.user.gid)
    const result = spawnSync(path.join(home.bin, 'initdb'), [
      '--pgdata', path.join(part, 'data'), '--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256',
      '--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--no-sync', '--no-instructions'
    ], { ...home.user, cwd: '/', env: serverEnv(), encoding: 'utf8', timeout: 120_000 })
    if (result.status !== 0) throw new Error(`initdb failed for ${home.data}: ${result.error?.message ?? ''}\n${result.stdout ?? ''}${result.stderr ?? ''}`)
    rmSync(home.data, { recursive: true, force: true })
    renameSync(path.join(part, 'data'), home.data)
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
}

async function startServer(home: PostgresHome, port: number, options: PostgresOptions): Promise<GuardedProcess> {
  const settings = {
    listen_addresses: '127.0.0.1', port, unix_socket_directories: '', max_connections: 200, log_timezone: 'UTC', timezone: 'UTC',
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {})
  }
  const args = ['-D', home.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const process = await startGuarded(path.join(home.bin, 'postgres'), args, {
    spawn: { ...home.user, cwd: '/', env: serverEnv(), stdio: ['ignore', 'pipe', 'pipe'] },
    orphanSignal: 'INT',
    ...(options.temporary ? { removeWhenOrphaned: filesOf(home, path.resolve(options.dataDir)) } : {})
  })
  try {
    await waitForLine(process, { pattern: READY, ms: START_MS, what: `PostgreSQL on port ${port}`, ...(options.log ? { log: options.log } : {}) })
    return process
  } catch (error) {
    await process.stop('SIGKILL', 0)
    throw error
  }
}

// Nothing of the caller's PG* variables may reach the server.
function serverEnv(): NodeJS.ProcessEnv {
  return { PATH: '/usr/bin:/bin', LANG: 'C', LC_ALL: 'C', TZ: 'UTC' }
}

function serverHandle(process: GuardedProcess, home: PostgresHome, options: PostgresOptions, url: string): PostgresServer {
  const create = async (name: string): Promise<string> => {
    await runAlone(url, `CREATE DATABASE ${pg.escapeIdentifier(name)}`)
    return databaseUrl(url, name)
  }
  return {
    url,
    port: Number(new URL(url).port),
    pid: process.pid,
    dataDir: home.data,
    exited: process.exited.then(() => {}),
    createDatabase: (name = `gateway_${randomBytes(6).toString('hex')}`) => create(name),
    ensureDatabase: async (name) => {
      const { rowCount } = await runAlone(url, 'SELECT 1 FROM pg_database WHERE datname = $1', [name])
      return rowCount ? databaseUrl(url, name) : create(name)
    },
    stop: async (force = false) => {
      await process.stop(force ? 'SIGQUIT' : 'SIGINT', force ? 3_000 : 20_000)
      if (!options.temporary) return
      for (const file of filesOf(home, path.resolve(options.dataDir))) rmSync(file, { recursive: true, force: true })
    },
    unref: () => process.unref()
  }
}

/** The URL of another database of the same server. */
export function databaseUrl(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(name)}`
  return other.href
}

/** One statement on a connection of its own. */
export async function runAlone(url: string, sql: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.query(sql, values)
  } finally {
    await client.end()
  }
}
