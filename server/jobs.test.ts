import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Redis } from 'ioredis'
import { createDatabase, type Database } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { freePort } from '../scripts/services/free-port.ts'
import { type RedisServer, startRedis } from '../scripts/services/redis.ts'
import { createTestDatabase, type TestDatabase } from '../scripts/services/test-database.ts'
import { waitUntil } from '../scripts/services/wait-until.ts'
import { type Program, startProgram } from './testing/program.ts'
import { uuidV7 } from './uuid-v7.ts'

let database: TestDatabase
let db: Database
let redis: RedisServer | undefined
let programs: Program[] = []

before(async () => {
  database = await createTestDatabase()
  db = createDatabase({ url: database.url })
  await migrate(db.sequelize)
})

after(async () => {
  await Promise.all(programs.map((program) => program.stop()))
  await redis?.stop()
  await db.sequelize.close()
  await database.drop()
})

function start(redisUrl: string): Program {
  const program = startProgram('jobs', { DATABASE_URL: database.url, REDIS_URL: redisUrl })
  programs.push(program)
  return program
}

async function addExpiredSession(): Promise<void> {
  const user = (await db.users.findOne()) ?? (await db.users.create({ id: uuidV7(), email: 'a@b', passwordHash: 'x', role: 'viewer', createdAt: new Date() }))
  const past = new Date(Date.now() - 1_000)
  await db.sessions.create({ tokenHash: uuidV7().replaceAll('-', '').padEnd(64, '0'), userId: user.id, csrfToken: 'x', createdAt: past, lastSeenAt: past, expiresAt: past })
}

test('control-jobs stops at once while it waits for Redis, or for the database', async () => {
  for (const env of [{ DATABASE_URL: database.url }, { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' }]) {
    const program = startProgram('jobs', { ...env, REDIS_URL: 'redis://127.0.0.1:1' })
    await waitUntil(() => program.output().includes('Redis cannot be reached'), { ms: 20_000, what: 'the first attempt' })
    assert.equal(await program.stop(), 0, program.output())
    assert.doesNotMatch(program.output(), /at file:|UnhandledPromise|Node\.js v/)
  }
})

test('control-jobs keeps trying while Redis is away, says so, and does its work when it comes', async () => {
  await addExpiredSession()
  const port = await freePort()
  const program = start(`redis://127.0.0.1:${port}`)
  await waitUntil(() => program.output().includes('Redis cannot be reached; trying again'), { ms: 30_000, what: 'the line that says what is missing' })
  redis = await startRedis({ port })
  await program.ready
  await waitUntil(async () => (await db.sessions.count()) === 0, { ms: 30_000, what: 'the expired session to be removed' })
})

test('a schedule that Redis lost is written again when Redis is back', async () => {
  assert.ok(redis)
  await addExpiredSession()
  await redis.stop()
  redis = await startRedis({ port: redis.port })
  await waitUntil(async () => (await db.sessions.count()) === 0, { ms: 20_000, what: 'the housekeeping of an empty Redis' })
  const client = new Redis(redis.url)
  assert.ok(await client.exists('bull:housekeeping:repeat:housekeeping'))
  client.disconnect()
})

test('it stops in order', async () => {
  const codes = await Promise.all(programs.map((program) => program.stop()))
  assert.deepEqual(codes, [0], programs.map((program) => program.output()).join('\n'))
  programs = []
})

test('it stops when some of its connections to Redis are back, and some are not yet', async () => {
  assert.ok(redis)
  const program = start(redis.url)
  await program.ready
  await redis.stop()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  redis = await startRedis({ port: redis.port })
  await waitUntil(() => program.output().includes('Redis is back'), { ms: 20_000, what: 'the first connection to be back' })
  assert.equal(await program.stop(), 0, program.output())
  programs = []
})

test('it refuses a Redis that may throw jobs away', async () => {
  assert.ok(redis)
  const client = new Redis(redis.url)
  await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
  const program = start(redis.url)
  assert.equal(await program.exited, 78)
  assert.match(program.output(), /maxmemory-policy allkeys-lru; set it to noeviction/)
  client.disconnect()
})
