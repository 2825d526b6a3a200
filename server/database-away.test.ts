import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createDatabase } from '../db/database.ts'
import { waitUntil } from '../scripts/services/wait-until.ts'
import { verifyAudit } from './audit/verify-audit.ts'
import type { ApiAnswer } from './testing/api-client.ts'
import { type ControlPlane, startControlPlane } from './testing/control-plane.ts'
import { createSmallDraft, patched, publishDraft, type SmallDraft } from './testing/drafts.ts'
import { startTcpGate, type TcpGate } from './testing/tcp-gate.ts'

const QUERY_TIMEOUT_MS = 2_000

let gate: TcpGate
let plane: ControlPlane
let directUrl: string
let draft: SmallDraft

before(async () => {
  plane = await startControlPlane({
    queryTimeoutMs: QUERY_TIMEOUT_MS,
    async reachDatabase(url) {
      directUrl = url
      const direct = new URL(url)
      gate = await startTcpGate({ host: direct.hostname, port: Number(direct.port) })
      direct.port = String(gate.port)
      return direct.href
    }
  })
  draft = await createSmallDraft(plane.as.editor)
  await publishDraft(plane.as.publisher)
})

after(async () => {
  await plane.stop()
  await gate.stop()
})

const readiness = async () => (await fetch(`${plane.origin}/readyz`)).status

async function recovers(): Promise<void> {
  await gate.set('open')
  await waitUntil(async () => (await readiness()) === 200, { ms: 60_000, what: 'the database to be found again' })
  await waitUntil(async () => (await plane.as.viewer('GET', '/routes')).status === 200, { ms: 60_000, what: 'the API to answer again' })
  await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: String(Math.random()) })
  assert.equal((await publishDraft(plane.as.publisher)).status, 201)
}

describe('while the database is away, the API says so and why', () => {
  test('when connections are cut and refused', async () => {
    await gate.set('shut')
    for (let round = 0; round < 3; round++) {
      const { status, body, headers } = await plane.as.viewer('GET', '/routes')
      assert.deepEqual([status, body.error.code], [503, 'database_unavailable'])
      assert.match(body.error.message, /cannot be reached/)
      assert.ok(Number(headers.get('retry-after')) > 0)
    }
    assert.equal(await readiness(), 503)
    assert.equal((await fetch(`${plane.origin}/healthz`)).status, 200)
    assert.equal((await plane.as.anonymous('POST', '/session', { email: 'a@b', password: 'c' })).status, 503)
    await recovers()
  })

  test('when it hangs, within the limit of a query', async () => {
    await gate.set('hung')
    const start = performance.now()
    const { status, body } = await plane.as.viewer('GET', '/routes')
    assert.deepEqual([status, body.error.code], [503, 'database_unavailable'])
    assert.ok(performance.now() - start < 10 * QUERY_TIMEOUT_MS)
    assert.equal(await readiness(), 503)
    await recovers()
  })

  test('when it ends every connection, as at its shutdown, again and again', async () => {
    const { upstreams } = plane.db.drafted
    const before = await upstreams.count()
    const other = createDatabase({ url: directUrl, poolSize: 1 })
    const answers: ApiAnswer[] = []
    let isOver = false
    const clients = [1, 2, 3, 4].map(async (client) => {
      for (let count = 0; !isOver; count++) {
        answers.push(await plane.as.editor('POST', '/upstreams', { name: `client ${client} ${count}` }))
        await plane.as.publisher('POST', '/config/publish', { expectedRevision: 0, expectedDraftHash: '0'.repeat(64), force: true })
        await plane.as.viewer('POST', '/config/validate')
      }
    })
    const cutOff = async () => {
      for (let round = 0; round < 40; round++) {
        const answered = answers.length
        await other.sequelize.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()')
        await waitUntil(() => answers.length > answered, { ms: 20_000, what: 'an answer' })
      }
      isOver = true
    }
    await Promise.all([...clients, cutOff()]).finally(() => (isOver = true))
    await other.sequelize.close()
    await recovers()
    assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [201, 503])
    // An answer that was lost after the commit may stand for a row, a row for no more than one answer.
    const rows = (await upstreams.count()) - before
    const added = answers.filter(({ status }) => status === 201).length
    assert.ok(rows >= added && rows <= answers.length, `${rows} rows, ${added} answers of ${answers.length}`)
    assert.equal(await plane.db.audit.count({ where: { action: 'upstreams.create' } }), rows + 1)
    assert.equal((await verifyAudit(plane.db, null)).problem, null)
  })

  test('when it goes in the middle of publishes: each is there whole or not at all', async () => {
    for (let round = 0; round < 4; round++) {
      const edited = await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: `round ${round}` })
      assert.equal(edited.description, `round ${round}`)
      const { live, draftHash } = (await plane.as.viewer('POST', '/config/validate')).body
      const publish = plane.as.publisher('POST', '/config/publish', { expectedRevision: live.revision, expectedDraftHash: draftHash })
      // Another moment of the publish each time.
      await new Promise((resolve) => setTimeout(resolve, round * 7))
      await gate.set('shut')
      const { status } = await publish
      assert.ok(status === 201 || status === 503, String(status))
      await gate.set('open')
      await waitUntil(async () => (await plane.as.viewer('GET', '/routes')).status === 200, { ms: 60_000, what: 'the API to answer again' })

      const now = (await plane.as.viewer('POST', '/config/validate')).body.live
      const [newest] = (await plane.as.viewer('GET', '/snapshots?limit=1')).body.items
      const [audited] = (await plane.as.viewer('GET', '/audit?action=config.publish&limit=1')).body.items
      assert.deepEqual([newest.revision, audited.resourceId], [now.revision, String(now.revision)])
      if (status === 201) assert.equal(now.revision, live.revision + 1)
      await publishDraft(plane.as.publisher)
    }
  })
})
