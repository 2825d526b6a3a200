import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { QueryTypes } from 'sequelize'
import { createTestDatabase } from '../../scripts/services/test-database.ts'
import { removeOldAudit } from '../jobs/remove-old-audit.ts'
import { parseSecretsKey } from '../sealing/secrets-key.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { created, patched } from '../testing/drafts.ts'
import { verifyAudit } from './verify-audit.ts'

const DAY_MS = 24 * 3600_000
const KEY = parseSecretsKey('00'.repeat(32))
const OTHER_KEY = parseSecretsKey('11'.repeat(32))

let plane: ControlPlane
let databaseUrl: string
let count = 0
const logged: unknown[] = []
const log = { error: (...given: unknown[]) => void logged.push(given), warn: (...given: unknown[]) => void logged.push(given) }
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)
const remove = (days: number, key = KEY) => removeOldAudit({ db: plane.db, secretsKey: key, log: log as never }, inDays(days), 30)
const verify = async () => (await plane.as.admin('GET', '/audit/verify')).body
const sql = (text: string) => plane.db.sequelize.query(text, { type: QueryTypes.SELECT })
const sequences = async () => (await plane.db.audit.findAll({ attributes: ['sequence'], order: [['sequence', 'ASC']] })).map(({ sequence }) => Number(sequence))

before(async () => {
  plane = await startControlPlane({ reachDatabase: async (url) => (databaseUrl = url) })
  await change(10)
})

after(() => plane.stop())

async function change(times: number): Promise<void> {
  for (let index = 0; index < times; index++) await created(plane.as.editor, '/upstreams', { name: `kept ${++count}` })
}

/** The command, beside the server of this process. */
function runCommand(env: Record<string, string>): Promise<{ status: number; stdout: string }> {
  const options = { cwd: new URL('../..', import.meta.url), env }
  return new Promise((resolve) => execFile(process.execPath, ['server/verify-audit.ts'], options, (error, stdout) => resolve({ status: error === null ? 0 : Number(error.code), stdout })))
}

/** Changes the table with its triggers off. */
async function tamper(change: string): Promise<void> {
  for (const table of ['audit', 'audit_anchor']) await sql(`ALTER TABLE ${table} DISABLE TRIGGER ALL`)
  await sql(change)
  for (const table of ['audit', 'audit_anchor']) await sql(`ALTER TABLE ${table} ENABLE TRIGGER ALL`)
}

describe('old rows of the audit', () => {
  test('stay unless days are set, and without a key to sign with', async () => {
    assert.equal(await removeOldAudit({ db: plane.db, secretsKey: KEY, log: log as never }, inDays(1000), null), 0)
    assert.equal(logged.length, 0)
    assert.equal(await remove(1000, null), 0)
    assert.equal(logged.length, 1)
    assert.equal(await remove(29), 0)
    assert.deepEqual([(await verify()).ok, (await verify()).anchor], [true, null])
  })

  test('are removed in their order but the newest, and the chain is verified from the signed anchor', async () => {
    const before = await sequences()
    assert.equal(await remove(31), before.length - 1)
    assert.deepEqual(await sequences(), before.slice(-1))
    await change(5)
    const { ok, rows, anchor, problem } = await verify()
    assert.deepEqual([ok, rows, anchor.sequence, problem], [true, 6, String(before.at(-2)), null])
    assert.deepEqual((await verifyAudit(plane.db, OTHER_KEY)).problem, { sequence: anchor.sequence, reason: 'anchor_key_unknown' })
    assert.deepEqual((await verifyAudit(plane.db, null)).problem?.reason, 'anchor_key_unknown')
  })

  test('are removed again later, from one anchor to the next', async () => {
    await plane.db.sequelize.query("UPDATE audit_anchor SET at = at")
    const before = await sequences()
    assert.equal(await remove(31), before.length - 1)
    await change(3)
    assert.deepEqual([(await verify()).ok, (await verify()).rows], [true, 4])
  })

  test('that were removed by somebody else are missed; so is a forged or a lost anchor', async () => {
    const [first = 0] = await sequences()
    const tampering: [string, string, { sequence: string; reason: string }][] = [
      ['DELETE', `DELETE FROM audit WHERE sequence = ${first}`, { sequence: String(first), reason: 'row_missing' }],
      ['anchor', `UPDATE audit_anchor SET sequence = ${first}, hash = (SELECT hash FROM audit WHERE sequence = ${first})`, { sequence: String(first), reason: 'anchor_forged' }],
      ['no anchor', 'DELETE FROM audit_anchor', { sequence: '1', reason: 'row_missing' }],
      ['changed', `UPDATE audit SET actor = 'nobody' WHERE sequence = ${first}`, { sequence: String(first), reason: 'row_changed' }]
    ]
    for (const [what, statement, problem] of tampering) {
      for (const table of ['audit', 'audit_anchor']) await sql(`CREATE TABLE kept_${table} AS SELECT * FROM ${table}`)
      await tamper(statement)
      const found = await verify()
      assert.deepEqual([found.ok, found.problem], [false, problem], what)
      // What was tampered with is neither removed nor signed.
      logged.length = 0
      const before = await sequences()
      assert.equal(await remove(31), 0, what)
      assert.deepEqual([await sequences(), logged.length], [before, 1], what)
      for (const table of ['audit', 'audit_anchor']) {
        await tamper(`DELETE FROM ${table}`)
        await sql(`INSERT INTO ${table} SELECT * FROM kept_${table}`)
        await sql(`DROP TABLE kept_${table}`)
      }
    }
    assert.equal((await verify()).ok, true)
  })

  test('are verified by a command, too', async () => {
    const good = await runCommand({ DATABASE_URL: databaseUrl, SECRETS_KEY: '00'.repeat(32) })
    assert.deepEqual([good.status, JSON.parse(good.stdout)], [0, await verify()])
    const unsigned = await runCommand({ DATABASE_URL: databaseUrl })
    assert.deepEqual([unsigned.status, JSON.parse(unsigned.stdout).problem.reason], [1, 'anchor_key_unknown'])
    assert.equal((await runCommand({})).status, 78)
  })
})

describe('the export', () => {
  const lines = async (query = ''): Promise<any[]> => {
    const { status, body, headers } = await plane.as.viewer('GET', `/audit/export${query}`)
    assert.deepEqual([status, headers.get('content-type')], [200, 'application/x-ndjson'])
    return (body as string | null ?? '').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line))
  }

  test('has every row, oldest first, in as many batches as it takes', async () => {
    const rows = await lines()
    assert.deepEqual(rows.map(({ id }) => Number(id)), await sequences())
    const { items } = (await plane.as.viewer('GET', '/audit?limit=1')).body
    assert.deepEqual(rows.at(-1), items[0])
    await plane.as.editor('POST', '/upstreams:bulk', { action: 'label', filter: { q: 'kept' }, expectedCount: count, labels: { a: 'b' } })
    for (let round = 0; round < 40; round++) await plane.as.editor('POST', '/upstreams:bulk', { action: round % 2 === 0 ? 'disable' : 'enable', filter: { q: 'kept' }, expectedCount: count })
    assert.ok((await sequences()).length > 600)
    assert.deepEqual((await lines()).map(({ id }) => Number(id)), await sequences())
  })

  test('has the filters of the list', async () => {
    const { id } = await created(plane.as.editor, '/upstreams', { name: 'Findable 100%' })
    const update = await patched(plane.as.admin, `/upstreams/${id}`, { description: 'somewhere else' })
    const [row] = (await plane.as.viewer('GET', `/audit?resourceId=${id}&limit=1`)).body.items
    for (const [query, actions] of [
      [`?resourceId=${id}`, ['upstreams.create', 'upstreams.update']],
      ['?q=findable 100%25', ['upstreams.create', 'upstreams.update']],
      ['?q=SOMEWHERE', ['upstreams.update']],
      ['?q=some%25here', []],
      [`?resourceId=${id}&actor=token:test admin`, ['upstreams.update']],
      [`?requestId=${row.requestId}`, ['upstreams.update']],
      [`?since=${update.updatedAt}&kind=upstreams&action=upstreams.update`, ['upstreams.update']],
      [`?since=${inDays(1).toISOString()}`, []]
    ] as const) {
      assert.deepEqual((await lines(query)).map(({ action }) => action), actions, query)
      assert.deepEqual((await plane.as.viewer('GET', `/audit${query}`)).body.items.map(({ action }: { action: string }) => action), actions.toReversed(), query)
    }
    assert.equal((await plane.as.viewer('GET', '/audit/export?limit=5')).status, 400)
  })

  test('ends when the reader goes away', async () => {
    const response = await fetch(`${plane.origin}/api/v1/audit/export`, { headers: { authorization: `Bearer ${(await created(plane.as.admin, '/tokens', { name: 'reader', role: 'viewer' })).token}` } })
    await response.body?.cancel()
    assert.equal((await verify()).ok, true)
  })
})

test('a database of another gateway is no audit at all', async () => {
  const other = await createTestDatabase()
  assert.notEqual((await runCommand({ DATABASE_URL: other.url })).status, 0)
  await other.drop()
})
