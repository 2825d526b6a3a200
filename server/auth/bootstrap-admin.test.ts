import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createDatabase, type Database } from '../../db/database.ts'
import { migrate } from '../../db/migrate.ts'
import { createTestDatabase, type TestDatabase } from '../../scripts/services/test-database.ts'
import { verifyAudit } from '../audit/verify-audit.ts'
import { authenticate } from './authenticate.ts'
import { bootstrapAdmin } from './bootstrap-admin.ts'
import { logIn } from './log-in.ts'

let database: TestDatabase
let db: Database

before(async () => {
  database = await createTestDatabase()
  db = createDatabase({ url: database.url })
  await migrate(db.sequelize)
})

after(async () => {
  await db.sequelize.close()
  await database.drop()
})

const actorOf = (token: string) => authenticate(db, { authorization: `Bearer ${token}`, sessionToken: '' }, new Date())
const settings = { email: 'first@test.example', password: undefined, token: 'first-token-of-the-environment' }

test('of several processes that start at once, one makes the first admin and tells the password', async () => {
  const told: string[] = []
  await Promise.all([1, 2, 3].map(() => bootstrapAdmin(db, settings, (email, password) => told.push(email, password))))
  const [email = '', password = '', ...rest] = told
  assert.deepEqual([email, rest], ['first@test.example', []])
  assert.match(password, /^[\w-]{20}$/)
  assert.equal((await logIn(db, email, password, '', new Date())).role, 'admin')
  assert.equal(await db.users.count(), 1)
})

test('a later start changes nothing', async () => {
  const told: string[] = []
  await bootstrapAdmin(db, { ...settings, email: 'second@test.example' }, (email) => told.push(email))
  assert.deepEqual([told, await db.users.count(), await db.apiTokens.count()], [[], 1, 1])
})

test('another ADMIN_TOKEN takes the place of the one before; tokens that people made stay', async () => {
  await db.apiTokens.create({ id: '01890000-0000-7000-8000-000000000000', name: 'ADMIN_TOKEN', tokenHash: '0'.repeat(64), role: 'viewer', createdBy: 'first@test.example', createdAt: new Date(), expiresAt: null })
  assert.equal((await actorOf(settings.token)).kind, 'token')
  await bootstrapAdmin(db, { ...settings, token: 'second-token-of-the-environment' }, () => {})
  assert.equal((await actorOf(settings.token)).kind, 'anonymous')
  assert.deepEqual(await actorOf('second-token-of-the-environment').then((actor) => actor.kind === 'token' && actor.role), 'admin')
  assert.equal(await db.apiTokens.count(), 2)
})

test('what the environment made is in the audit, without the secrets', async () => {
  const rows = await db.audit.findAll({ order: [['sequence', 'ASC']] })
  assert.deepEqual(rows.map((row) => `${row.actor} ${row.action}`), ['environment tokens.create', 'environment users.create', 'environment tokens.create'])
  assert.doesNotMatch(JSON.stringify(rows), /scrypt|-token-of-the-environment/)
  assert.equal((await verifyAudit(db, null)).problem, null)
})
