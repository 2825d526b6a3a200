import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { freePort, freePortRange } from './free-port.ts'
import { isRunning } from './is-running.ts'
import { databaseUrl, runAlone, startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import { createTestDatabase } from './test-database.ts'
import { waitUntil } from './wait-until.ts'

let folder: string

before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-services-'))
  // PostgreSQL runs as another user when the tests run as root.
  chmodSync(folder, 0o755)
})

after(() => rmSync(folder, { recursive: true, force: true }))

describe('PostgreSQL', () => {
  test('keeps its data over a stop and over a kill', async () => {
    const dataDir = path.join(folder, 'kept')
    const first = await startPostgres({ dataDir })
    const url = await first.createDatabase('kept')
    await runAlone(url, 'CREATE TABLE note (body text)')
    await runAlone(url, "INSERT INTO note VALUES ('one')")
    await first.stop()
    assert.equal(isRunning(first.pid), false)

    const second = await startPostgres({ dataDir })
    await runAlone(await second.ensureDatabase('kept'), "INSERT INTO note VALUES ('two')")
    process.kill(second.pid, 'SIGKILL')
    await second.exited
    assert.ok(existsSync(path.join(dataDir, 'postmaster.pid')))

    const third = await startPostgres({ dataDir })
    const { rows } = await runAlone(databaseUrl(third.url, 'kept'), 'SELECT body FROM note ORDER BY body')
    assert.deepEqual(rows.map((row) => row.body), ['one', 'two'])
    await third.stop()
  })

  test('listens on the loopback address only, with a password', async () => {
    const server = await startPostgres({ dataDir: path.join(folder, 'locked'), durable: false })
    const { rows } = await runAlone(server.url, "SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'unix_socket_directories') ORDER BY name")
    assert.deepEqual(rows.map((row) => row.setting), ['127.0.0.1', ''])
    const wrong = new URL(server.url)
    wrong.password = 'wrong'
    await assert.rejects(runAlone(wrong.href, 'SELECT 1'), /password authentication failed/)
    assert.equal(statSync(`${server.dataDir}.password`).mode & 0o777, 0o600)
    await server.stop()
  })

  test('starts below a folder that only its owner may enter', async () => {
    const closed = mkdtempSync(path.join(folder, 'closed-'))
    const options = { dataDir: path.join(closed, 'postgres'), durable: false }
    const first = await startPostgres(options)
    await first.createDatabase('kept')
    await first.stop()
    const second = await startPostgres({ ...options, temporary: true })
    assert.equal(second.dataDir, first.dataDir)
    assert.equal((await runAlone(databaseUrl(second.url, 'kept'), 'SELECT 1 AS one')).rows[0].one, 1)
    await second.stop()
    assert.equal(existsSync(second.dataDir), false)
    assert.deepEqual(readdirSync(closed), [])
  })

  test('refuses a second server on the same data, and says which process has it', async () => {
    const dataDir = path.join(folder, 'twice')
    const server = await startPostgres({ dataDir, durable: false })
    await assert.rejects(startPostgres({ dataDir, durable: false }), new RegExp(`process ${server.pid} is already using`))
    await server.stop()
  })

  test('a taken port is an error that shows the end of the log', async () => {
    const holder = net.createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => holder.once('listening', resolve))
    const { port } = holder.address() as net.AddressInfo
    await assert.rejects(startPostgres({ dataDir: path.join(folder, 'taken'), durable: false, port }), /could not bind IPv4 address/)
    holder.close()
  })
})

test('a test database is empty and goes away with open connections', async () => {
  const database = await createTestDatabase()
  const { rows } = await runAlone(database.url, "SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'")
  assert.equal(rows[0].tables, 0)
  const pending = runAlone(database.url, 'SELECT pg_sleep(30)').then(() => 'answered', () => 'cut')
  await database.drop()
  assert.equal(await pending, 'cut')
  await assert.rejects(runAlone(database.url, 'SELECT 1'), /does not exist/)
})

describe('Redis', () => {
  test('answers, and ends although it was stopped by SIGSTOP', async () => {
    const redis = await startRedis()
    assert.match(await redisReply(redis.port, 'CONFIG GET maxmemory-policy'), /noeviction/)
    process.kill(redis.pid, 'SIGSTOP')
    await redis.stop()
    assert.equal(isRunning(redis.pid), false)
  })

  test('with a data folder it finds its data again', async () => {
    const dataDir = path.join(folder, 'redis')
    const first = await startRedis({ dataDir })
    const value = randomBytes(8).toString('hex')
    await redisReply(first.port, `SET kept ${value}`)
    await first.stop()
    const second = await startRedis({ dataDir, port: first.port })
    assert.match(await redisReply(second.port, 'GET kept'), new RegExp(value))
    await second.stop()
  })
})

test('services end when the process that started them is killed', async () => {
  const dataDir = path.join(folder, 'orphan')
  const script = `
    const { startRedis } = await import('./redis.ts')
    const { startPostgres } = await import('./postgres.ts')
    const redis = await startRedis()
    const postgres = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false, temporary: true })
    process.stdout.write(redis.pid + ' ' + postgres.pid + '\\n')`
  const starter = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await Array.fromAsync(createInterface({ input: starter.stdout }).on('line', () => starter.kill('SIGKILL')))
  const pids = (line ?? '').split(' ').map(Number)
  assert.equal(pids.length, 2)
  await waitUntil(() => pids.every((pid) => !isRunning(pid)), { ms: 15_000, what: 'both services to end' })
  await waitUntil(() => !existsSync(dataDir) && !existsSync(`${dataDir}.password`), { ms: 5_000, what: 'the temporary data to be removed' })
})

test('free ports are distinct, and one that is in use is not handed out', async () => {
  const range = await freePortRange(20)
  const held = net.createServer().listen(range.to + 1, '127.0.0.1')
  await new Promise((resolve) => held.once('listening', resolve))
  const next = await freePort()
  assert.ok(next < range.from || next > range.to + 1)
  held.close()
  await assert.rejects(freePortRange(100_000), /count must be/)
  assert.match(readFileSync(path.join(os.tmpdir(), `gateway-port-blocks-${process.getuid?.()}`, String(range.from - range.from % 250)), 'utf8'), new RegExp(`^${process.pid} `))
})

function redisReply(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`))
    socket.once('data', (reply) => {
      socket.end()
      resolve(reply.toString())
    })
    socket.once('error', reject)
  })
}
