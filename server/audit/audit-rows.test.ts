import assert from 'node:assert/strict'
import fs from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { endpoints } from '../api/endpoints.ts'
import type { ApiAnswer } from '../testing/api-client.ts'
import { ADMIN, type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, patched, publishDraft, removed } from '../testing/drafts.ts'
import { enrolNode } from '../testing/node.ts'
import { createNodeKey } from '../testing/node-key.ts'
import { signIn } from '../testing/sign-in.ts'
import { verifyAudit } from './verify-audit.ts'

/** POST endpoints that change nothing a person would want to know about. */
const SILENT = new Set(['POST /config/validate', 'POST /config/explain', 'POST /node/ack', 'POST /node/heartbeat'])

let plane: ControlPlane
let count = 0
const unique = () => `audited-${++count}`

before(async () => {
  plane = await startControlPlane()
  await createSmallDraft(plane.as.editor)
  await publishDraft(plane.as.publisher)
})

after(() => plane.stop())

type Scenario = () => Promise<ApiAnswer>

const resource = (kind: 'listeners' | 'upstreams' | 'routes' | 'providers', body: () => object): Record<string, Scenario> => ({
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
  'POST /session': () => plane.as.anonymous('POST', '/session', ADMIN),
  'DELETE /session': async () => (await signIn(plane))('DELETE', '/session'),
  'POST /nodes': () => plane.as.admin('POST', '/nodes', { id: unique() }),
  'POST /nodes/:id/token': async () => plane.as.admin('POST', `/nodes/${(await created(plane.as.admin, '/nodes', { id: unique() })).id}/token`),
  'DELETE /nodes/:id': async () => plane.as.admin('DELETE', `/nodes/${(await created(plane.as.admin, '/nodes', { id: unique() })).id}`),
  'POST /tokens': () => plane.as.admin('POST', '/tokens', { name: unique(), role: 'viewer' }),
  'DELETE /tokens/:id': async () => plane.as.admin('DELETE', `/tokens/${(await created(plane.as.admin, '/tokens', { name: unique(), role: 'viewer' })).id}`),
  'POST /certificates': () => upload(),
  'PATCH /certificates/:id': async () => plane.as.publisher('PATCH', `/certificates/${(await upload()).body.id}`, { description: 'changed' }, { 'if-match': '"1"' }),
  'DELETE /certificates/:id': async () => removed(plane.as.publisher, `/certificates/${(await upload()).body.id}`),
  'POST /node/key': async () => (await enrolNode(plane, unique()))('POST', '/node/key', { publicKey: createNodeKey().publicKey }),
  'POST /config/publish': () => publishNew(),
  'POST /config/rollback': async () => {
    const { revision } = (await publishNew()).body
    await publishNew()
    return plane.as.publisher('POST', '/config/rollback', { revision })
  },
  'POST /config/import': () => plane.as.editor('POST', '/config/import', { text: JSON.stringify({ format: 'open-gateway/1', upstreams: [{ name: unique() }] }) }),
  'POST /config/discard': async () => {
    await publishNew()
    return plane.as.editor('POST', '/config/discard')
  }
}

function upload(): Promise<ApiAnswer> {
  const [certificatePem, privateKeyPem] = ['client.pem', 'client.key'].map((name) => fs.readFileSync(new URL(`../../workers/testing/certificates/${name}`, import.meta.url), 'utf8'))
  return plane.as.publisher('POST', '/certificates', { name: unique(), certificatePem, privateKeyPem })
}

/** Publishes what is live and a little more, whatever the tests before left in the draft. */
async function publishNew(): Promise<ApiAnswer> {
  await plane.as.editor('POST', '/config/discard')
  const name = unique()
  await createSmallDraft(plane.as.editor, name, 21_000 + count)
  return publishDraft(plane.as.publisher)
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
  assert.equal(await verifyAudit(plane.db), null)
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
    await tamper("UPDATE audit SET actor = 'nobody' WHERE sequence = 3", '3')
    await tamper('DELETE FROM audit WHERE sequence = 3', '3')
    await tamper(`DELETE FROM audit WHERE sequence = ${newest}`, String(newest))
    await tamper('DELETE FROM audit WHERE sequence = 1', '1')
    assert.equal(await verifyAudit(plane.db), null)
  })

  /** Changes the table with its triggers off, looks, and puts it back. */
  async function tamper(change: string, found: string): Promise<void> {
    await sql('CREATE TABLE kept AS SELECT * FROM audit')
    await sql('ALTER TABLE audit DISABLE TRIGGER ALL')
    await sql(change)
    assert.equal(await verifyAudit(plane.db), found, change)
    await sql('DELETE FROM audit')
    await sql('INSERT INTO audit SELECT * FROM kept')
    await sql('ALTER TABLE audit ENABLE TRIGGER ALL')
    await sql('DROP TABLE kept')
  }
})
