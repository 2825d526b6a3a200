import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { QueryTypes } from 'sequelize'
import { createDatabase, type Database } from '../../db/database.ts'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { endpoints } from '../api/endpoints.ts'
import { createApp } from '../app.ts'
import { runHousekeeping } from '../jobs/housekeeping.ts'
import { type ApiAnswer, type ApiCall, createApiClient } from '../testing/api-client.ts'
import { assertDeclared } from '../testing/assert-declared.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, patched, publishDraft, type SmallDraft } from '../testing/drafts.ts'
import { takesIdempotencyKey } from './takes-idempotency-key.ts'

let plane: ControlPlane
let draft: SmallDraft
/** A second control-web on the same database. */
let other: { db: Database; server: http.Server; admin: ApiCall }
let token: string
let count = 0
const unique = () => `once-${++count}`

before(async () => {
  plane = await startControlPlane()
  draft = await createSmallDraft(plane.as.editor)
  token = (await created(plane.as.admin, '/tokens', { name: 'both', role: 'admin' })).token
  const [{ url }] = await plane.db.sequelize.query<{ url: string }>("SELECT current_database() AS url", { type: QueryTypes.SELECT }) as [{ url: string }]
  const { username, password, host, port } = plane.db.sequelize.config
  const db = createDatabase({ url: `postgres://${username}:${password}@${host}:${port}/${url}` })
  const server = http.createServer(createApp({ ...plane.deps, db }, { adminDist: '/nonexistent', isServing: () => true }).callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const admin = createApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`, { authorization: `Bearer ${token}` }, assertDeclared)
  other = { db, server, admin }
})

after(async () => {
  other.server.closeAllConnections()
  other.server.close()
  await other.db.sequelize.close()
  await plane.stop()
})

const error = (answer: ApiAnswer) => [answer.status, answer.body.error?.code]
const withKey = (key: string) => ({ 'idempotency-key': key })
const createUpstream = (call: ApiCall, name: string, key: string, more: object = {}) => call('POST', '/upstreams', { name, ...more }, withKey(key))

describe('a request with an Idempotency-Key', () => {
  test('that is sent again gets the same answer, from another process too, and does nothing', async () => {
    const key = unique()
    const name = unique()
    const admin = plane.withToken(token)
    const first = await createUpstream(admin, name, key)
    assert.equal(first.status, 201)
    for (const call of [admin, other.admin]) {
      const again = await createUpstream(call, name, key)
      assert.deepEqual([again.status, again.body, again.headers.get('etag'), again.headers.get('idempotency-replayed')], [201, first.body, '"1"', 'true'])
    }
    assert.equal(await plane.db.drafted.upstreams.count({ where: { name } }), 1)
    assert.equal(await plane.db.audit.count({ where: { resourceId: first.body.id } }), 1)
  })

  test('means something only to who sent it', async () => {
    const key = unique()
    assert.equal((await createUpstream(plane.as.editor, unique(), key)).status, 201)
    assert.equal((await createUpstream(plane.as.admin, unique(), key)).status, 201)
  })

  test('is refused with another body, or for something else', async () => {
    const key = unique()
    const name = unique()
    assert.equal((await createUpstream(plane.as.admin, name, key)).status, 201)
    assert.deepEqual(error(await createUpstream(plane.as.admin, name, key, { enabled: false })), [422, 'idempotency_key_reused'])
    assert.deepEqual(error(await plane.as.admin('POST', '/listeners', { name, protocol: 'http', port: 20_001 }, withKey(key))), [422, 'idempotency_key_reused'])
  })

  test('that was refused may be sent again', async () => {
    const key = unique()
    const name = unique()
    const { id } = await created(plane.as.admin, '/upstreams', { name })
    assert.deepEqual(error(await createUpstream(plane.as.admin, name, key)), [409, 'name_taken'])
    await plane.as.admin('DELETE', `/upstreams/${id}`, undefined, { 'if-match': '"1"' })
    assert.equal((await createUpstream(plane.as.admin, name, key)).status, 201)
  })

  test('that shows a token once shows it again, and the database does not hold it', async () => {
    const key = unique()
    const body = { name: unique(), role: 'viewer' }
    const first = await plane.as.admin('POST', '/tokens', body, withKey(key))
    assert.equal((await plane.as.admin('POST', '/tokens', body, withKey(key))).body.token, first.body.token)
    const row = await plane.db.idempotencyKeys.findOne({ where: { key } })
    assert.ok(!JSON.stringify(row).includes(first.body.token))
  })

  test('publishes and rolls back once', async () => {
    const validated = (await plane.as.viewer('POST', '/config/validate')).body
    const body = { expectedRevision: 0, expectedDraftHash: validated.draftHash, note: 'once' }
    const key = unique()
    const first = await plane.as.publisher('POST', '/config/publish', body, withKey(key))
    assert.deepEqual([first.status, first.body.revision], [201, 1])
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: 'more' })
    assert.equal((await publishDraft(plane.as.publisher)).body.revision, 2)
    assert.deepEqual((await plane.as.publisher('POST', '/config/publish', body, withKey(key))).body, first.body)
    const rollbackKey = unique()
    const back = await plane.as.publisher('POST', '/config/rollback', { revision: 1 }, withKey(rollbackKey))
    assert.deepEqual((await plane.as.publisher('POST', '/config/rollback', { revision: 1 }, withKey(rollbackKey))).body, back.body)
    assert.equal(await plane.db.snapshots.count(), 3)
  })

  test('has a key of visible characters, not too long', async () => {
    for (const key of ['with space', 'x'.repeat(129), 'caf\u00e9']) assert.deepEqual(error(await createUpstream(plane.as.admin, unique(), key)), [400, 'invalid_request'])
  })

  test('is done once by however many at a time', async () => {
    const key = unique()
    const name = unique()
    const admin = plane.withToken(token)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => createUpstream(index % 2 === 0 ? admin : other.admin, name, key)))
    const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id))
    assert.equal(ids.size, 1)
    for (const answer of answers) if (answer.status !== 201) assert.deepEqual(error(answer), [409, 'idempotency_key_in_use'])
    assert.equal(await plane.db.drafted.upstreams.count({ where: { name } }), 1)
  })

  test('is told that it runs while it does', async () => {
    const key = unique()
    const name = unique()
    const admin = plane.withToken(token)
    const holder = await plane.db.sequelize.transaction()
    await plane.db.sequelize.query('LOCK TABLE audit_head IN EXCLUSIVE MODE', { transaction: holder })
    const running = createUpstream(admin, name, key)
    await waitUntil(async () => (await plane.db.idempotencyKeys.count({ where: { key } })) === 1, { ms: 20_000, what: 'the key to be taken' })
    const meanwhile = await createUpstream(other.admin, name, key)
    assert.deepEqual([...error(meanwhile), meanwhile.headers.get('retry-after')], [409, 'idempotency_key_in_use', '1'])
    await holder.commit()
    assert.equal((await running).status, 201)
  })
})

describe('a request whose process died', () => {
  /** As it is left behind: taken a while ago, and never answered. */
  async function leave(name: string, key: string, isDone: boolean): Promise<void> {
    const admin = plane.withToken(token)
    const { body, headers } = await createUpstream(admin, name, key)
    await plane.db.sequelize.query("UPDATE idempotency_keys SET sealed_answer = NULL, locked_until = now() - interval '1 s' WHERE key = $1", { bind: [key] })
    if (isDone) return
    await plane.db.drafted.upstreams.destroy({ where: { id: body.id } })
    await plane.db.idempotencyKeys.update({ requestId: `undone ${headers.get('x-request-id')}` }, { where: { key } })
  }

  test('before it did anything is done by the next one with its key', async () => {
    const [name, key] = [unique(), unique()]
    await leave(name, key, false)
    const answers = await Promise.all([1, 2, 3, 4].map(() => createUpstream(other.admin, name, key)))
    assert.equal(new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id)).size, 1)
    assert.equal(await plane.db.drafted.upstreams.count({ where: { name } }), 1)
  })

  test('after it was done is not done again; the answer tells what was done', async () => {
    const [name, key] = [unique(), unique()]
    await leave(name, key, true)
    const answer = await createUpstream(other.admin, name, key)
    assert.deepEqual([...error(answer), answer.body.error.done.action], [409, 'idempotency_answer_lost', 'upstreams.create'])
    assert.equal(await plane.db.drafted.upstreams.count({ where: { name } }), 1)
  })
})

test('a key is free again after a day', async () => {
  const key = unique()
  const first = await createUpstream(plane.as.admin, unique(), key)
  await plane.db.sequelize.query("UPDATE idempotency_keys SET created_at = now() - interval '25 h' WHERE key = $1", { bind: [key] })
  const second = await createUpstream(plane.as.admin, unique(), key)
  assert.notEqual(second.body.id, first.body.id)
  assert.equal((await runHousekeeping(plane.db, new Date(Date.now() + 23 * 3600_000))).idempotencyKeys, 0)
  assert.ok((await runHousekeeping(plane.db, new Date(Date.now() + 25 * 3600_000))).idempotencyKeys > 5)
  assert.equal(await plane.db.idempotencyKeys.count(), 0)
})

test('every endpoint that makes something takes a key; those that publish do', () => {
  const taking = endpoints.filter(takesIdempotencyKey).map(({ path }) => path)
  for (const path of ['/config/publish', '/config/rollback', '/routes', '/upstreams', '/listeners', '/certificates', '/secrets', '/nodes', '/tokens']) assert.ok(taking.includes(path), path)
  for (const { method, path, audits, permission, answers } of endpoints) {
    if (audits?.endsWith('.create') && permission !== 'public') assert.ok(takesIdempotencyKey({ method, permission, answers }), path)
  }
})

test('without SECRETS_KEY a key is refused, because the answer could not be kept', async () => {
  const bare = await startControlPlane({ secretsKey: null })
  assert.deepEqual(error(await createUpstream(bare.as.admin, 'x', 'key')), [503, 'secrets_key_missing'])
  assert.equal((await bare.as.admin('POST', '/upstreams', { name: 'x' })).status, 201)
  await bare.stop()
})
