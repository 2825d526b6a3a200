import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createDatabase, type Database } from '../../db/database.ts'
import { freePort } from '../../scripts/services/free-port.ts'
import { createTestDatabase, type TestDatabase } from '../../scripts/services/test-database.ts'
import { type ApiCall, createApiClient } from '../testing/api-client.ts'
import { type Program, startProgram } from '../testing/program.ts'
import { FREE_ATTEMPTS } from './log-in.ts'
import { MOST_FAILURES } from './login-failures.ts'

/** Two control-web processes on one database. */
let database: TestDatabase
let db: Database
let programs: Program[]
let calls: ApiCall[]

const ADMIN = { email: 'first@test.example', password: 'correct horse battery' }

before(async () => {
  database = await createTestDatabase()
  db = createDatabase({ url: database.url })
  const ports = await Promise.all([freePort(), freePort()])
  const env = { DATABASE_URL: database.url, REDIS_URL: 'redis://127.0.0.1:1', ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password }
  programs = ports.map((port) => startProgram('web', { ...env, CONTROL_PLANE_ADDR: `127.0.0.1:${port}` }))
  await Promise.all(programs.map(({ ready }) => ready))
  calls = ports.map((port) => createApiClient(`http://127.0.0.1:${port}/api/v1`, {}))
})

after(async () => {
  await Promise.all(programs.map((program) => program.stop()))
  await db.sequelize.close()
  await database.drop()
})

/** The statuses of as many sign-ins at each of the processes, all at once. */
async function attempts(count: number, password: string, email = ADMIN.email): Promise<number[]> {
  const answers = await Promise.all(calls.flatMap((call) => Array.from({ length: count }, () => call('POST', '/session', { email, password }))))
  return answers.map(({ status }) => status).sort()
}

test('an account that waits does so at every process, also when both are tried at once', async () => {
  // The next wrong one makes the account wait for minutes.
  await db.users.update({ failedLogins: FREE_ATTEMPTS + 8 }, { where: {} })
  assert.deepEqual(await attempts(5, 'wrong'), [401, ...Array.from({ length: 9 }, () => 429)])
  assert.deepEqual(await attempts(1, ADMIN.password), [429, 429], 'the right one waits too')
  await db.users.update({ lockedUntil: null }, { where: {} })
  const [first, second] = await Promise.all(calls.map((call) => call('POST', '/session', ADMIN)))
  assert.ok([first?.status, second?.status].includes(200))
})

test('so does an address with too many failures, whoever they are for', async () => {
  await db.users.update({ failedLogins: 0, lockedUntil: null }, { where: {} })
  await db.sequelize.query('UPDATE login_failures SET failures = $1, since = now()', { bind: [MOST_FAILURES - 2] })
  assert.deepEqual(await attempts(3, 'wrong', 'nobody@test.example'), [401, 401, 429, 429, 429, 429])
  assert.deepEqual(await attempts(1, ADMIN.password), [429, 429])
})
