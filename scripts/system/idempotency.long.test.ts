import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { createDatabase, type Database } from '../../db/database.ts'
import { eventually } from './support/eventually.ts'
import { type System, startSystem } from './support/system.ts'

let system: System
let db: Database

before(async () => {
  system = await startSystem({ nodes: 0 })
  db = createDatabase({ url: system.databaseUrl })
})

after(async () => {
  await db?.sequelize.close()
  await system?.stop()
})

test('a request whose control-web is killed in the middle is done once, by the next one with its Idempotency-Key', async () => {
  const key = { 'idempotency-key': randomUUID() }
  const create = () => system.api.request('POST', '/upstreams', { name: 'once' }, key)
  const holder = await db.sequelize.transaction()
  await db.sequelize.query('LOCK TABLE audit_head IN EXCLUSIVE MODE', { transaction: holder })
  const cutOff = assert.rejects(create())
  await eventually('the request waits in the middle of its transaction', async () => (await db.idempotencyKeys.count()) === 1)
  system.web.signal('SIGKILL')
  await Promise.all([cutOff, system.web.exited])
  await holder.commit()
  await system.startWeb()

  const answer = await eventually('the key is given free', async () => {
    const next = await create()
    if (next.status !== 201) assert.equal(next.body.error.code, 'idempotency_key_in_use')
    return next.status === 201 ? next : null
  }, 30_000)
  assert.equal(await db.drafted.upstreams.count({ where: { name: 'once' } }), 1)
  assert.deepEqual((await create()).body, answer.body)
})
