import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { type Model, type ModelStatic, QueryTypes } from 'sequelize'
import { createTestDatabase, type TestDatabase } from '../scripts/services/test-database.ts'
import { createDatabase, type Database } from './database.ts'
import { migrate } from './migrate.ts'

const NAMES = fs.readdirSync(path.join(import.meta.dirname, 'migrations')).map((file) => path.basename(file, '.ts')).sort()

let database: TestDatabase
let db: Database

before(async () => {
  database = await createTestDatabase()
  db = createDatabase({ url: database.url })
})

after(async () => {
  await db.sequelize.close()
  await database.drop()
})

const count = async (table: string) => (await db.sequelize.query<{ count: string }>(`SELECT count(*) FROM ${table}`, { type: QueryTypes.SELECT }))[0]?.count

test('each migration keeps the data that the ones before left', async () => {
  assert.deepEqual(await migrate(db.sequelize, '0001-initial'), ['0001-initial'])
  await db.sequelize.query(`
    INSERT INTO upstreams VALUES ('01890000-0000-7000-8000-000000000000', 'one', true, NULL, '{}', 1, 'me', now(), 'me', now(), NULL);
    INSERT INTO snapshots SELECT epoch, 1, 1, 'me', now(), '', repeat('0', 64), '{}' FROM configuration;
    INSERT INTO audit VALUES (1, now(), 'me', 'upstreams.create', 'upstreams', 'x', 'y', NULL, '{}', repeat('0', 64), repeat('1', 64))`)
  assert.deepEqual(await migrate(db.sequelize), NAMES.slice(1))
  assert.deepEqual([await count('upstreams'), await count('snapshots'), await count('audit')], ['1', '1', '1'])
})

test('a second run applies nothing', async () => {
  assert.deepEqual(await migrate(db.sequelize), [])
})

test('of several processes that start at once, one migrates and the others wait for it', async () => {
  const other = await createTestDatabase()
  const databases = [1, 2, 3, 4].map(() => createDatabase({ url: other.url }))
  const applied = await Promise.all(databases.map(({ sequelize }) => migrate(sequelize)))
  assert.deepEqual(applied.filter((names) => names.length > 0), [NAMES])
  await Promise.all(databases.map(({ sequelize }) => sequelize.close()))
  await other.drop()
})

test('models and tables have the same columns', async () => {
  const models: ModelStatic<Model>[] = Object.values(db.sequelize.models)
  for (const model of models) {
    const table = model.getTableName() as string
    const rows = await db.sequelize.query<{ column_name: string }>('SELECT column_name FROM information_schema.columns WHERE table_name = $1', { bind: [table], type: QueryTypes.SELECT })
    const fields = Object.values(model.getAttributes()).map(({ field }) => field)
    const unmapped = table === 'configuration' ? ['created_at'] : []
    assert.deepEqual([...fields, ...unmapped].sort(), rows.map((row) => row.column_name).sort(), table)
  }
})
