import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { QueryTypes } from 'sequelize'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { canonicalJson } from '../../shared/snapshot/canonical.ts'
import type { ApiAnswer } from '../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, patched, publishDraft, removed, type SmallDraft } from '../testing/drafts.ts'
import { enrolNode, heartbeatOf } from '../testing/node.ts'

let plane: ControlPlane
let draft: SmallDraft

before(async () => {
  plane = await startControlPlane()
  await enrolNode(plane, 'node-1')
})

after(() => plane.stop())

const validate = async () => (await plane.as.viewer('POST', '/config/validate')).body
const edit = () => patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: `edited ${Math.random()}` })
const error = (answer: ApiAnswer) => [answer.status, answer.body.error?.code]

describe('the first publish', () => {
  test('freezes the draft as revision 1 and makes every node want it', async () => {
    draft = await createSmallDraft(plane.as.editor)
    assert.equal((await validate()).live, null)
    const { status, body } = await publishDraft(plane.as.publisher, { note: 'first' })
    assert.equal(status, 201)
    assert.deepEqual([body.revision, body.unchanged, body.nodes, body.announced], [1, false, ['node-1'], false])

    const snapshot = (await plane.as.viewer('GET', '/snapshots/1')).body
    assert.deepEqual([snapshot.note, snapshot.createdBy, snapshot.epoch, snapshot.sha256], ['first', 'token:test publisher', body.epoch, body.sha256])
    assert.equal(createHash('sha256').update(canonicalJson(snapshot.content)).digest('hex'), body.sha256)
    assert.deepEqual(['listeners', 'upstreams', 'routes'].flatMap((kind) => snapshot.content[kind].map((resource: any) => resource.id)), [draft.listenerId, draft.upstreamId, draft.routeId])

    const [node] = (await plane.as.viewer('GET', '/nodes')).body.items
    assert.deepEqual(node.desired, { epoch: body.epoch, revision: 1, sha256: body.sha256 })
    assert.deepEqual((await validate()).live, node.desired)
  })

  test('once more publishes nothing', async () => {
    const { status, body } = await publishDraft(plane.as.publisher)
    assert.deepEqual([status, body.unchanged, body.revision], [200, true, 1])
    assert.equal(await plane.db.snapshots.count(), 1)
  })
})

test('the difference of the draft is told field by field, and of two revisions', async () => {
  await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { idleMs: 9 } })
  const { body } = await plane.as.viewer('GET', '/config/diff')
  const [{ origin, fields: [{ origin: _, ...field }], ...change }] = body.changes
  assert.deepEqual([change, field], [{ kind: 'upstreams', id: draft.upstreamId, name: 'small', change: 'changed' }, { path: '/connection/idleMs', from: 4000, to: 9 }])
  assert.deepEqual([origin.actor, origin.action], ['token:test editor', 'upstreams.update'])
  const { revision } = (await publishDraft(plane.as.publisher)).body
  assert.deepEqual((await plane.as.viewer('GET', '/config/diff')).body.changes, [])
  assert.equal((await plane.as.viewer('GET', `/config/diff?from=${revision}&to=1`)).body.changes[0].fields[0].to, 4000)
  assert.equal((await plane.as.viewer('GET', '/config/diff?from=99')).status, 404)
})

describe('a publish is refused', () => {
  test('when the draft moved on since it was checked; the answer tells by whom', async () => {
    const { live, draftHash } = await validate()
    await edit()
    const answer = await plane.as.publisher('POST', '/config/publish', { expectedRevision: live.revision, expectedDraftHash: draftHash })
    assert.deepEqual(error(answer), [409, 'draft_changed'])
    const { edits, draftHash: current } = answer.body.error
    assert.deepEqual([edits[0].id, edits[0].updatedBy, current], [draft.upstreamId, 'token:test editor', (await validate()).draftHash])
  })

  test('when somebody published in between; the answer tells what', async () => {
    const { live } = await validate()
    await edit()
    const { revision } = (await publishDraft(plane.as.publisher)).body
    await edit()
    const answer = await publishDraft(plane.as.publisher, { expectedRevision: live.revision })
    assert.deepEqual(error(answer), [409, 'revision_mismatch'])
    assert.deepEqual([answer.body.error.revision, answer.body.error.changes], [revision, [{ kind: 'upstreams', id: draft.upstreamId, name: 'small', change: 'changed' }]])
    assert.equal((await plane.as.publisher('POST', '/config/publish', { expectedRevision: 0, expectedDraftHash: '0'.repeat(64), force: true })).status, 201)
  })

  test('with every error of the configuration, and nothing is written', async () => {
    const { live } = await validate()
    const audited = await plane.db.audit.count()
    const twin = await created(plane.as.editor, '/routes', { name: 'twin', isGlobal: true, listenerIds: [draft.listenerId], upstreamId: draft.upstreamId, match: { path: { type: 'prefix', value: '/small' } } })
    const listener = await created(plane.as.editor, '/listeners', { name: 'tls', protocol: 'https', port: 20_443 })
    const collision = await created(plane.as.editor, '/listeners', { name: 'same port', protocol: 'http', port: 20_000 })
    const answer = await publishDraft(plane.as.publisher)
    assert.deepEqual(error(answer), [422, 'config_invalid'])
    const codes = answer.body.error.issues.filter((issue: any) => issue.severity === 'error').map((issue: any) => issue.code)
    assert.deepEqual([...new Set(codes)].sort(), ['listener_collision', 'route_conflict', 'tls_policy_required'])
    assert.deepEqual((await validate()).issues, answer.body.error.issues)
    assert.deepEqual((await validate()).live, live)
    assert.equal(await plane.db.snapshots.count({ where: { revision: live.revision + 1 } }), 0)
    for (const path of [`/routes/${twin.id}`, `/listeners/${listener.id}`, `/listeners/${collision.id}`]) await removed(plane.as.editor, path)
    assert.equal(await plane.db.audit.count(), audited + 6)
  })

  test('with a key of an identity provider that no node could read', async () => {
    const key = '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'
    const provider = await created(plane.as.editor, '/providers', { name: 'login', issuer: 'https://login.example/', audiences: ['gateway'], key })
    const { issues } = await validate()
    assert.deepEqual(issues.map(({ path, code }: { path: string; code: string }) => [path, code]), [['/providers/0/key', 'unusable_key']])
    assert.deepEqual(error(await publishDraft(plane.as.publisher)), [422, 'config_invalid'])
    await removed(plane.as.editor, `/providers/${provider.id}`)
  })

  test('with ciphers or authorities that no node could use', async () => {
    const rubbish = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
    const authority = fs.readFileSync(new URL('../../workers/testing/certificates/ca.pem', import.meta.url), 'utf8')
    const policy = await created(plane.as.editor, '/tls-policies', { name: 'tls' })
    const told = async (): Promise<string[][]> => (await validate()).issues.filter(({ severity }: { severity: string }) => severity === 'error').map(({ path, code }: { path: string; code: string }) => [path, code])
    const cases: [change: object, expected: string[][]][] = [
      [{ ciphers: 'NOPE' }, [['/tlsPolicies/0/ciphers', 'unusable_ciphers']]],
      [{ ciphers: 'TLS_AES_256_GCM_SHA384', maxVersion: 'TLSv1.2' }, [['/tlsPolicies/0/ciphers', 'unusable_ciphers']]],
      [{ ciphers: 'TLS_AES_256_GCM_SHA384', maxVersion: 'TLSv1.3' }, []],
      [{ ciphers: null, clientAuth: { mode: 'require', caPem: rubbish } }, [['/tlsPolicies/0/clientAuth/caPem', 'unusable_ca']]],
      [{ clientAuth: { caPem: authority + rubbish } }, [['/tlsPolicies/0/clientAuth/caPem', 'unusable_ca']]],
      [{ clientAuth: { caPem: authority.slice(0, -40) + authority } }, [['/tlsPolicies/0/clientAuth/caPem', 'unusable_ca']]],
      [{ clientAuth: { caPem: `a comment\n${authority}` } }, []]
    ]
    for (const [change, expected] of cases) {
      await patched(plane.as.editor, `/tls-policies/${policy.id}`, change)
      assert.deepEqual(await told(), expected, JSON.stringify(change))
      if (expected.length > 0) assert.deepEqual(error(await publishDraft(plane.as.publisher)), [422, 'config_invalid'])
    }
    await removed(plane.as.editor, `/tls-policies/${policy.id}`)
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { tls: { caPem: rubbish } } })
    assert.deepEqual(await told(), [['/upstreams/0/connection/tls/caPem', 'unusable_ca']])
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { tls: { caPem: null } } })
  })

  test('while a node serves what this database does not know', async () => {
    const { live } = await validate()
    const node = await enrolNode(plane, 'node-ahead')
    for (const serving of [{ ...live, revision: live.revision + 1 }, { ...live, sha256: '0'.repeat(64) }]) {
      await edit()
      await node('POST', '/node/heartbeat', heartbeatOf(serving))
      const answer = await publishDraft(plane.as.publisher, { force: true })
      assert.deepEqual(error(answer), [409, 'database_behind_fleet'])
      assert.deepEqual(answer.body.error.nodes, ['node-ahead'])
      assert.match(answer.body.error.message, /docs\/OPS\.md/)
      assert.deepEqual(error(await plane.as.publisher('POST', '/config/rollback', { revision: 1 })), [409, 'database_behind_fleet'])
    }
    await node('POST', '/node/heartbeat', heartbeatOf({ ...live, epoch: '01890000-0000-7000-8000-000000000000', revision: 99 }))
    assert.equal((await publishDraft(plane.as.publisher)).status, 201)
    await plane.as.admin('DELETE', '/nodes/node-ahead')
  })

  test('while a node cannot read it, unless forced', async () => {
    const node = await enrolNode(plane, 'node-old')
    await node('POST', '/node/heartbeat', heartbeatOf(null, { schemaVersions: [] }))
    await edit()
    const answer = await publishDraft(plane.as.publisher)
    assert.deepEqual(error(answer), [409, 'schema_not_supported_by_nodes'])
    assert.deepEqual(answer.body.error.nodes, ['node-old'])
    assert.equal((await publishDraft(plane.as.publisher, { force: true })).status, 201)
    await plane.as.admin('DELETE', '/nodes/node-old')
  })
})

describe('several at once', () => {
  test('one publish wins, the others are told the revision they lost to', async () => {
    for (let round = 0; round < 3; round++) {
      await edit()
      const { live, draftHash } = await validate()
      // More than there are connections to the database.
      const answers = await Promise.all(Array.from({ length: 25 }, () => plane.as.publisher('POST', '/config/publish', { expectedRevision: live.revision, expectedDraftHash: draftHash })))
      const losers = answers.filter(({ status }) => status !== 201)
      assert.equal(losers.length, 24)
      for (const loser of losers) {
        assert.equal(loser.status, 409)
        assert.match(loser.body.error.code, /^(publish_in_progress|revision_mismatch)$/)
        assert.ok([live.revision + 1, live.revision + 2].includes(loser.body.error.revision), JSON.stringify(loser.body))
      }
      assert.equal((await validate()).live.revision, live.revision + 1)
    }
  })

  test('a publish gets through while the draft is edited without a pause', async () => {
    const ids = await Promise.all(['a', 'b', 'c'].map(async (name) => (await created(plane.as.editor, '/upstreams', { name: `busy ${name}`, targets: [{ id: 'a', address: 'http://127.0.0.1:1' }] })).id as string))
    let isOver = false
    let edits = 0
    const editors = ids.map(async (id) => {
      for (let version = 1; !isOver; version++, edits++) {
        const { status } = await plane.as.editor('PATCH', `/upstreams/${id}`, { description: String(version) }, { 'if-match': `"${version}"` })
        assert.equal(status, 200)
      }
    })
    for (let round = 0; round < 10; round++) {
      const answer = await plane.as.publisher('POST', '/config/publish', { expectedRevision: 0, expectedDraftHash: '0'.repeat(64), force: true })
      assert.ok(answer.status < 300, JSON.stringify(answer.body))
    }
    isOver = true
    await Promise.all(editors)
    assert.ok(edits > 10, `only ${edits} edits were made`)
  })

  test('a node that is enrolled while a publish runs wants what that makes live', async () => {
    const { db } = plane
    const { live } = await validate()
    // The statements of a publish that takes its time.
    const publish = await db.sequelize.transaction()
    const select = 'SELECT epoch, revision + 1, schema_version, created_by, now(), note, sha256, content FROM snapshots'
    await db.sequelize.query('SELECT 1 FROM configuration FOR UPDATE', { transaction: publish })
    await db.sequelize.query(`INSERT INTO snapshots ${select} WHERE revision = ${live.revision}`, { transaction: publish })
    await db.configuration.update({ liveRevision: live.revision + 1 }, { where: {}, transaction: publish })
    const enrolment = enrolNode(plane, 'meanwhile')
    await waitUntil(async () => (await waitingForLocks()) > 0, { ms: 20_000, what: 'the enrolment to wait for the publish' })
    await publish.commit()
    await enrolment
    assert.equal((await plane.as.viewer('GET', '/nodes/meanwhile')).body.desired.revision, live.revision + 1)
  })

  async function waitingForLocks(): Promise<number> {
    const [row] = await plane.db.sequelize.query<{ count: string }>('SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = \'Lock\'', { type: QueryTypes.SELECT })
    return Number(row?.count)
  }
})

describe('a snapshot', () => {
  const sql = (text: string) => plane.db.sequelize.query(text)

  test('cannot be changed, removed or emptied in the database', async () => {
    await assert.rejects(sql("UPDATE snapshots SET note = 'changed'"), /immutable/)
    await assert.rejects(sql('DELETE FROM snapshots WHERE revision = 1'), /immutable/)
    await assert.rejects(sql('TRUNCATE snapshots CASCADE'), /immutable/)
  })

  test('is listed newest first, page by page', async () => {
    const { body } = await plane.as.viewer('GET', '/snapshots?limit=2')
    const newest = (await validate()).live.revision
    assert.deepEqual(body.items.map((item: any) => item.revision), [newest, newest - 1])
    assert.equal(body.items[0].content, undefined)
    assert.equal((await plane.as.viewer('GET', `/snapshots?limit=2&cursor=${body.nextCursor}`)).body.items[0].revision, newest - 2)
    assert.equal((await plane.as.viewer('GET', `/snapshots/${newest + 1}`)).status, 404)
    assert.equal((await plane.as.viewer('GET', '/snapshots/0')).status, 404)
  })

  test('that is live protects what it names, also when the draft lets go of it', async () => {
    const { listenerId, upstreamId, routeId } = await createSmallDraft(plane.as.editor, 'protected', 20_050)
    const { revision } = (await publishDraft(plane.as.publisher)).body
    await removed(plane.as.editor, `/routes/${routeId}`)
    const answer = await removed(plane.as.editor, `/upstreams/${upstreamId}`)
    assert.deepEqual(error(answer), [409, 'still_referenced'])
    assert.deepEqual(answer.body.error.referrers, [{ kind: 'routes', id: routeId, name: 'protected', in: `revision ${revision}` }])
    assert.equal((await publishDraft(plane.as.publisher)).status, 201)
    assert.equal((await removed(plane.as.editor, `/upstreams/${upstreamId}`)).status, 204)
    assert.equal((await removed(plane.as.editor, `/listeners/${listenerId}`)).status, 204)
  })
})
