import assert from 'node:assert/strict'
import { once } from 'node:events'
import fs from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { startRedis } from '../../scripts/services/redis.ts'
import { CHANNELS } from '../../shared/schema/channels.ts'
import { answersKey } from '../../shared/schema/node-question.ts'
import { endpoints } from '../api/endpoints.ts'
import { createQueueClient } from '../redis-clients.ts'
import type { ApiAnswer } from '../testing/api-client.ts'
import { ADMIN, type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, patched, publishDraft, removed } from '../testing/drafts.ts'
import { enrolNode, heartbeatOf } from '../testing/node.ts'
import { createNodeKey } from '../testing/node-key.ts'
import { signIn } from '../testing/sign-in.ts'
import { verifyAudit } from './verify-audit.ts'

/** POST endpoints that change nothing a person would want to know about. */
const SILENT = new Set(['POST /config/validate', 'POST /config/explain', 'POST /node/ack', 'POST /node/heartbeat'])

let plane: ControlPlane
let redis: Awaited<ReturnType<typeof startRedis>>
let count = 0
const unique = () => `audited-${++count}`

before(async () => {
  redis = await startRedis()
  plane = await startControlPlane({ redisUrl: redis.url })
  await createSmallDraft(plane.as.editor)
  await publishDraft(plane.as.publisher)
})

after(async () => {
  await plane.stop()
  await redis.stop()
})

type Scenario = () => Promise<ApiAnswer>

const resource = (kind: 'listeners' | 'upstreams' | 'routes' | 'providers' | 'tls-policies' | 'policies', body: () => object): Record<string, Scenario> => ({
  [`POST /${kind}`]: () => plane.as.editor('POST', `/${kind}`, { name: unique(), ...body() }),
  [`PATCH /${kind}/:id`]: async () => {
    const { id } = await created(plane.as.editor, `/${kind}`, { name: unique(), ...body() })
    return plane.as.editor('PATCH', `/${kind}/${id}`, { description: 'changed' }, { 'if-match': '"1"' })
  },
  [`DELETE /${kind}/:id`]: async () => {
    const { id } = await created(plane.as.editor, `/${kind}`, { name: unique(), ...body() })
    return removed(plane.as.editor, `/${kind}/${id}`)
  }
})

/** A call of each endpoint that works. */
const SCENARIOS: Record<string, Scenario> = {
  ...resource('listeners', () => ({ protocol: 'http', port: 20_000 + count })),
  ...resource('upstreams', () => ({ targets: [] })),
  ...resource('routes', () => ({ isGlobal: true, respond: { status: 204 } })),
  ...resource('providers', () => ({ issuer: 'https://login.example/', audiences: ['gateway'], jwksUrl: 'https://login.example/keys' })),
  ...resource('tls-policies', () => ({})),
  ...resource('policies', () => ({ cors: { origins: ['https://shop.example'] } })),
  'POST /session': () => plane.as.anonymous('POST', '/session', ADMIN),
  'DELETE /session': async () => (await signIn(plane))('DELETE', '/session'),
  'POST /nodes': () => plane.as.admin('POST', '/nodes', { id: unique() }),
  'POST /nodes/:id/token': async () => plane.as.admin('POST', `/nodes/${(await created(plane.as.admin, '/nodes', { id: unique() })).id}/token`),
  'DELETE /nodes/:id': async () => plane.as.admin('DELETE', `/nodes/${(await created(plane.as.admin, '/nodes', { id: unique() })).id}`),
  'POST /nodes/:id/drain': async () => plane.as.publisher('POST', `/nodes/${(await created(plane.as.admin, '/nodes', { id: unique() })).id}/drain`),
  'POST /nodes/:id/undrain': async () => {
    const { id } = await created(plane.as.admin, '/nodes', { id: unique() })
    await plane.as.publisher('POST', `/nodes/${id}/drain`)
    return plane.as.publisher('POST', `/nodes/${id}/undrain`)
  },
  'PATCH /nodes/:id': async () => plane.as.publisher('PATCH', `/nodes/${(await created(plane.as.admin, '/nodes', { id: unique() })).id}`, { labels: { zone: 'a' } }),
  'POST /targets/eject': async () => plane.as.publisher('POST', '/targets/eject', await liveTarget()),
  'POST /targets/weight': async () => plane.as.publisher('POST', '/targets/weight', { ...(await liveTarget()), weight: 7 }),
  'POST /targets/restore': async () => {
    const target = await liveTarget()
    await plane.as.publisher('POST', '/targets/eject', target)
    return plane.as.publisher('POST', '/targets/restore', { ...target, kind: 'ejected' })
  },
  'POST /tokens': () => plane.as.admin('POST', '/tokens', { name: unique(), role: 'viewer' }),
  'DELETE /tokens/:id': async () => plane.as.admin('DELETE', `/tokens/${(await created(plane.as.admin, '/tokens', { name: unique(), role: 'viewer' })).id}`),
  'POST /session/password': async () => {
    const admin = await plane.db.users.findOne({ where: { email: ADMIN.email } })
    const passwordHash = admin?.passwordHash ?? ''
    const answer = await (await signIn(plane))('POST', '/session/password', { oldPassword: ADMIN.password, newPassword: 'another good password' })
    await plane.db.users.update({ passwordHash }, { where: { email: ADMIN.email } })
    return answer
  },
  'DELETE /sessions': async () => (await signIn(plane))('DELETE', '/sessions'),
  'DELETE /sessions/:id': async () => {
    const call = await signIn(plane)
    return call('DELETE', `/sessions/${(await call('GET', '/sessions')).body.items[0].id}`)
  },
  'POST /users': () => plane.as.admin('POST', '/users', { email: `${unique()}@test.example`, role: 'viewer' }),
  'PATCH /users/:id': async () => plane.as.admin('PATCH', `/users/${await person()}`, { enabled: false }),
  'DELETE /users/:id': async () => plane.as.admin('DELETE', `/users/${await person()}`),
  'POST /users/:id/password': async () => plane.as.admin('POST', `/users/${await person()}/password`),
  'POST /grants': () => plane.as.admin('POST', '/grants', { tenantCode: unique() }),
  'PATCH /grants/:tenantCode': async () => plane.as.admin('PATCH', `/grants/${await grant()}`, { hostSuffixes: ['*'] }, { 'if-match': '"1"' }),
  'DELETE /grants/:tenantCode': async () => plane.as.admin('DELETE', `/grants/${await grant()}`, undefined, { 'if-match': '"1"' }),
  'POST /webhooks': () => webhook(),
  'PATCH /webhooks/:id': async () => plane.as.admin('PATCH', `/webhooks/${(await webhook()).body.id}`, { enabled: false }, { 'if-match': '"1"' }),
  'DELETE /webhooks/:id': async () => removed(plane.as.admin, `/webhooks/${(await webhook()).body.id}`),
  'POST /webhooks/:id/secret': async () => plane.as.admin('POST', `/webhooks/${(await webhook()).body.id}/secret`, {}, { 'if-match': '"1"' }),
  'POST /webhooks/:id/test': async () => plane.as.admin('POST', `/webhooks/${(await webhook()).body.id}/test`),
  'POST /webhooks/:id/deliveries/:deliveryId/send': async () => {
    const { id } = (await webhook()).body
    const delivery = (await plane.as.admin('POST', `/webhooks/${id}/test`)).body
    return plane.as.admin('POST', `/webhooks/${id}/deliveries/${delivery.id}/send`)
  },
  'POST /jobs/:queue/:id/retry': async () => plane.as.publisher('POST', `/jobs/housekeeping/${await failedJob()}/retry`),
  'POST /jobs/:queue/:id/remove': async () => plane.as.publisher('POST', `/jobs/housekeeping/${await failedJob()}/remove`),
  'POST /certificates': () => upload(),
  'PATCH /certificates/:id': async () => plane.as.publisher('PATCH', `/certificates/${(await upload()).body.id}`, { description: 'changed' }, { 'if-match': '"1"' }),
  'DELETE /certificates/:id': async () => removed(plane.as.publisher, `/certificates/${(await upload()).body.id}`),
  'POST /self-signed-certificates': () => plane.as.publisher('POST', '/self-signed-certificates', { name: unique(), domains: ['localhost'] }),
  'POST /secrets': () => secret(),
  'PATCH /secrets/:id': async () => plane.as.publisher('PATCH', `/secrets/${(await secret()).body.id}`, { value: 'another' }, { 'if-match': '"1"' }),
  'DELETE /secrets/:id': async () => removed(plane.as.publisher, `/secrets/${(await secret()).body.id}`),
  'POST /acme/:name/order': async () => {
    const { id } = (await upload()).body
    const name = `${unique().replaceAll(/[^a-z0-9-]/gi, '-').toLowerCase()}.test`
    await plane.db.acmeNames.create({ name, certificateId: id, status: 'failed', nextAt: null, updatedAt: new Date() })
    return plane.as.publisher('POST', `/acme/${name}/order`)
  },
  'DELETE /connections/:id': async () => {
    // Answers as a data node that has every connection.
    const [heard, node] = [new Redis(redis.url), new Redis(redis.url)]
    await heard.subscribe(CHANNELS.questions)
    heard.on('message', (_channel, text) => void node.rpush(answersKey(JSON.parse(text).questionId), JSON.stringify({ nodeId: 'n', closed: true })))
    const answer = await plane.as.publisher('DELETE', '/connections/abc-1')
    for (const client of [heard, node]) client.disconnect()
    return answer
  },
  'POST /node/key': async () => (await enrolNode(plane, unique()))('POST', '/node/key', { publicKey: createNodeKey().publicKey }),
  'POST /config/publish': () => publishNew(),
  'POST /config/confirm': async () => {
    const { revision } = (await publishNew({ confirmWithinSeconds: 60 })).body
    return plane.as.publisher('POST', '/config/confirm', { revision })
  },
  'POST /config/canary/promote': async () => {
    await startCanary()
    return plane.as.publisher('POST', '/config/canary/promote')
  },
  'POST /config/canary/abort': async () => {
    await startCanary()
    return plane.as.publisher('POST', '/config/canary/abort')
  },
  'POST /config/unconfirmed/abort': async () => {
    await publishNew({ confirmWithinSeconds: 60 })
    return plane.as.publisher('POST', '/config/unconfirmed/abort')
  },
  'POST /config/proposals/:id/approve': async () => plane.as.publisher('POST', `/config/proposals/${await proposal()}/approve`),
  'POST /config/proposals/:id/reject': async () => plane.as.publisher('POST', `/config/proposals/${await proposal()}/reject`),
  'POST /config/rollback': async () => {
    const { revision } = (await publishNew()).body
    await publishNew()
    return plane.as.publisher('POST', '/config/rollback', { revision })
  },
  'POST /routes:bulk': async () => plane.as.editor('POST', '/routes:bulk', { action: 'disable', ids: [(await created(plane.as.editor, '/routes', { name: unique(), isGlobal: true, respond: { status: 204 } })).id] }),
  'POST /upstreams:bulk': async () => plane.as.editor('POST', '/upstreams:bulk', { action: 'delete', ids: [(await created(plane.as.editor, '/upstreams', { name: unique() })).id] }),
  'POST /snapshots/:revision/pin': () => plane.as.publisher('POST', '/snapshots/1/pin', { note: unique() }),
  'DELETE /snapshots/:revision/pin': async () => {
    await plane.as.publisher('POST', '/snapshots/1/pin', {})
    return plane.as.publisher('DELETE', '/snapshots/1/pin')
  },
  'POST /snapshots/:revision/restore': async () => {
    const [{ id }] = (await plane.as.viewer('GET', '/snapshots/1')).body.content.upstreams
    const { status, body } = await plane.as.viewer('GET', `/upstreams/${id}`)
    return plane.as.editor('POST', '/snapshots/1/restore', { kind: 'upstreams', id, version: status === 200 ? body.version : 0 })
  },
  'POST /config/import': () => plane.as.editor('POST', '/config/import', { text: JSON.stringify({ format: 'open-gateway/1', upstreams: [{ name: unique() }] }) }),
  'POST /config/discard': async () => {
    await publishNew()
    return plane.as.editor('POST', '/config/discard')
  }
}

/** Passwords, values and keys that the scenarios send; of a PEM a line from its middle. */
const SENT = [ADMIN.password, 'very-hidden-value', fs.readFileSync(new URL('../../workers/testing/certificates/client.key', import.meta.url), 'utf8').split('\n')[2] ?? '']

/** What an answer shows only once: texts of fields that are named for it. */
function secretsIn(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body).flatMap(([name, value]) => (typeof value === 'string' && /token|password|secret/i.test(name) && value.length >= 12 ? [value] : secretsIn(value)))
}

async function person(): Promise<string> {
  return (await created(plane.as.admin, '/users', { email: `${unique()}@test.example`, role: 'viewer' })).id
}

async function grant(): Promise<string> {
  return (await created(plane.as.admin, '/grants', { tenantCode: unique() })).tenantCode
}

function upload(): Promise<ApiAnswer> {
  const [certificatePem, privateKeyPem] = ['client.pem', 'client.key'].map((name) => fs.readFileSync(new URL(`../../workers/testing/certificates/${name}`, import.meta.url), 'utf8'))
  return plane.as.publisher('POST', '/certificates', { name: unique(), certificatePem, privateKeyPem })
}

function webhook(): Promise<ApiAnswer> {
  return plane.as.admin('POST', '/webhooks', { name: unique(), url: 'http://127.0.0.1:9/hook', events: ['publish'] })
}

/** The id of a job that was tried and failed. */
async function failedJob(): Promise<string> {
  const [forQueue, forWorker] = [createQueueClient(redis.url, plane.deps.log), createQueueClient(redis.url, plane.deps.log)]
  const queue = new Queue('housekeeping', { connection: forQueue })
  const worker = new Worker('housekeeping', () => Promise.reject(new Error('a test')), { connection: forWorker })
  const failed = once(worker, 'failed')
  const { id = '' } = await queue.add('clean', {})
  await failed
  await worker.close()
  await queue.close()
  for (const client of [forQueue, forWorker]) client.disconnect()
  return id
}

function secret(): Promise<ApiAnswer> {
  return plane.as.publisher('POST', '/secrets', { name: unique().replaceAll(/[^a-z0-9]/gi, '-'), value: 'very-hidden-value' })
}

async function liveTarget(): Promise<{ upstreamId: string; targetId: string }> {
  const [upstream] = (await plane.as.viewer('GET', '/snapshots/1')).body.content.upstreams
  return { upstreamId: upstream.id, targetId: upstream.targets[0].id }
}

/** Publishes what is live and a little more, whatever the tests before left in the draft. */
async function publishNew(more: object = {}, call = plane.as.publisher): Promise<ApiAnswer> {
  await plane.as.editor('POST', '/config/discard')
  const name = unique()
  await createSmallDraft(plane.as.editor, name, 21_000 + count)
  return publishDraft(call, { acknowledgeRollback: true, ...more })
}

/** On a node that serves what it should, beside another one. */
async function startCanary(): Promise<void> {
  const names = [unique(), unique()]
  for (const name of names) {
    const node = await enrolNode(plane, name)
    await node('POST', '/node/heartbeat', heartbeatOf((await plane.as.viewer('GET', `/nodes/${name}`)).body.desired))
  }
  const { status, body } = await publishNew({ canary: { nodes: names.slice(0, 1), holdSeconds: 600 } })
  assert.equal(status, 201, JSON.stringify(body))
}

/** The id of a publish that an admin proposed. */
async function proposal(): Promise<string> {
  plane.deps.needsApproval = true
  const { status, body } = await publishNew({}, await signIn(plane))
  plane.deps.needsApproval = false
  assert.equal(status, 202, JSON.stringify(body))
  return body.proposalId
}

describe('every endpoint that changes something', () => {
  for (const endpoint of endpoints.filter(({ method, path }) => method !== 'GET' && !SILENT.has(`${method} ${path}`))) {
    test(`${endpoint.method} ${endpoint.path} leaves a row in the audit`, async () => {
      const scenario = SCENARIOS[`${endpoint.method} ${endpoint.path}`]
      assert.ok(scenario, 'a scenario is missing')
      const answer = await scenario()
      assert.ok(answer.status < 300, JSON.stringify(answer.body))
      const [row] = await plane.db.audit.findAll({ where: { requestId: answer.headers.get('x-request-id') ?? '' } })
      assert.ok(row, 'there is no row with the id of the request')
      assert.equal(row.action, endpoint.audits)
      assert.notEqual(row.resourceId, '')
      for (const secret of secretsIn(answer.body)) assert.ok(!JSON.stringify(row).includes(secret), 'the row holds a secret of the answer')
      for (const secret of SENT) assert.ok(!JSON.stringify(row).includes(secret), 'the row holds a secret that was sent')
      assert.match(row.actor, /^(token:test \w+|admin@test\.example|node:audited-\d+)$/)
    })
  }

  test('is one of those that name an action, or of the few silent ones', () => {
    for (const { method, path, audits } of endpoints) {
      assert.equal(audits !== undefined, method !== 'GET' && !SILENT.has(`${method} ${path}`), `${method} ${path}`)
    }
  })
})

test('rows tell what was before and after, without secrets', async () => {
  const name = unique()
  const respond = { status: 200, headers: { Authorization: 'Bearer hidden', 'X-Plain': 'shown' } }
  const transforms = [{ RequestHeader: 'X-Api-Key', Set: 'hidden' }, { RequestHeader: 'X-Plain', Set: 'shown' }]
  const { id } = await created(plane.as.editor, '/routes', { name, isGlobal: true, respond, transforms })
  await patched(plane.as.editor, `/routes/${id}`, { priority: 7 })
  const { body } = await plane.as.viewer('GET', `/audit?kind=routes&resourceId=${id}`)
  const [update, create] = body.items
  assert.deepEqual([create.action, create.before, create.after.name], ['routes.create', null, name])
  assert.deepEqual([update.action, update.before.priority, update.after.priority], ['routes.update', 0, 7])
  const text = JSON.stringify(body)
  assert.ok(!text.includes('hidden'), text)
  assert.deepEqual(create.after.respond.headers, { Authorization: '[redacted]', 'X-Plain': 'shown' })
  assert.equal(create.after.transforms[1].Set, 'shown')
})

test('what is changed as a whole leaves a row for each resource, too', async () => {
  await publishNew()
  const name = unique()
  const { id } = await created(plane.as.editor, '/upstreams', { name, slowStartSeconds: 1 })
  const text = JSON.stringify({ format: 'open-gateway/1', upstreams: [{ name, slowStartSeconds: 2 }, { name: `${name}-new` }] })
  assert.equal((await plane.as.editor('POST', '/config/import', { text })).status, 200)
  await plane.as.editor('POST', '/config/discard')
  const { items } = (await plane.as.viewer('GET', `/audit?resourceId=${id}`)).body
  assert.deepEqual(items.map(({ action, before, after }: any) => [action, before?.slowStartSeconds ?? null, after?.slowStartSeconds ?? null]), [['config.discard', 2, null], ['config.import', 1, 2], ['upstreams.create', null, 1]])
  assert.deepEqual((await plane.as.viewer('GET', '/audit?action=config.discard&limit=1')).body.items[0].resourceId, 'draft')
})

test('a refused change leaves neither change nor row', async () => {
  const rows = await plane.db.audit.count()
  const routes = await plane.db.drafted.routes.count()
  assert.equal((await plane.as.editor('POST', '/routes', { name: 'x', upstreamId: '01890000-0000-7000-8000-000000000000' })).status, 400)
  assert.equal(await plane.db.audit.count(), rows)
  assert.equal(await plane.db.drafted.routes.count(), routes)
})

test('the audit is paged, newest first', async () => {
  const first = (await plane.as.viewer('GET', '/audit?limit=3')).body
  const second = (await plane.as.viewer('GET', `/audit?limit=3&cursor=${first.nextCursor}`)).body
  const ids = [...first.items, ...second.items].map((row: { id: string }) => Number(row.id))
  assert.equal(ids.length, 6)
  assert.deepEqual(ids, [0, 1, 2, 3, 4, 5].map((step) => (ids[0] ?? 0) - step))
})

test('the chain holds under changes made side by side', async () => {
  await Promise.all(Array.from({ length: 12 }, () => created(plane.as.editor, '/upstreams', { name: unique() })))
  assert.equal((await verifyAudit(plane.db, null)).problem, null)
})

describe('tampering with the audit', () => {
  const sql = (text: string) => plane.db.sequelize.query(text)

  test('is refused by the database', async () => {
    await assert.rejects(sql("UPDATE audit SET actor = 'nobody' WHERE sequence = 3"), /append-only/)
    await assert.rejects(sql('DELETE FROM audit WHERE sequence = 3'), /append-only/)
    await assert.rejects(sql('TRUNCATE audit'), /append-only/)
  })

  test('around the database is found, at the first wrong row', async () => {
    const newest = Number(await plane.db.audit.max('sequence'))
    await tamper("UPDATE audit SET actor = 'nobody' WHERE sequence = 3", { sequence: '3', reason: 'row_changed' })
    await tamper('DELETE FROM audit WHERE sequence = 3', { sequence: '3', reason: 'row_missing' })
    await tamper(`DELETE FROM audit WHERE sequence = ${newest}`, { sequence: String(newest), reason: 'row_missing' })
    await tamper('DELETE FROM audit WHERE sequence = 1', { sequence: '1', reason: 'row_missing' })
    assert.equal((await verifyAudit(plane.db, null)).problem, null)
  })

  /** Changes the table with its triggers off, looks, and puts it back. */
  async function tamper(change: string, found: { sequence: string; reason: string }): Promise<void> {
    await sql('CREATE TABLE kept AS SELECT * FROM audit')
    await sql('ALTER TABLE audit DISABLE TRIGGER ALL')
    await sql(change)
    assert.deepEqual((await verifyAudit(plane.db, null)).problem, found, change)
    await sql('DELETE FROM audit')
    await sql('INSERT INTO audit SELECT * FROM kept')
    await sql('ALTER TABLE audit ENABLE TRIGGER ALL')
    await sql('DROP TABLE kept')
  }
})
