import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { QueryTypes } from 'sequelize'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, patched, publishDraft, removed } from '../testing/drafts.ts'
import { createRandom, type Random } from '../testing/random-input.ts'

/** Fixed, so that a change is never blamed for an old defect; try others with TEST_SEED=number. */
const SEED = Number(process.env['TEST_SEED'] ?? 535_004_173)
const NAMES = ['one', 'TWO', 'three', 'four']

let plane: ControlPlane

before(async () => {
  plane = await startControlPlane()
})

after(() => plane.stop())

const validate = async () => (await plane.as.viewer('POST', '/config/validate')).body

async function waitingForLocks(): Promise<number> {
  const [row] = await plane.db.sequelize.query<{ count: string }>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", { type: QueryTypes.SELECT })
  return Number(row?.count)
}

/** One edit of a small draft; about half of them are refused, and that is as good. */
async function edit(random: Random): Promise<void> {
  const kind = random.pick(['listeners', 'upstreams', 'routes'] as const)
  const pick = async (of: string) => random.pick([{ id: 'none', version: 1 }, ...(await plane.as.viewer('GET', `/${of}`)).body.items])
  const { id, version } = await pick(kind)
  const ifMatch = { 'if-match': `"${version}"` }
  const name = random.pick(NAMES)
  switch (random.int(4)) {
    case 0:
      await plane.as.editor('POST', `/${kind}`, { listeners: { name, protocol: 'http', port: 20_000 + random.int(100) }, upstreams: { name }, routes: { name, isGlobal: true, upstreamId: (await pick('upstreams')).id } }[kind])
      break
    case 1:
      await plane.as.editor('DELETE', `/${kind}/${id}`, undefined, ifMatch)
      break
    case 2:
      await plane.as.editor('PATCH', `/${kind}/${id}`, { name, enabled: random.int(2) === 0, tenantCode: random.pick([null, 'acme']) }, ifMatch)
      break
    default:
      await plane.as.editor('PATCH', `/${kind}/${id}`, kind === 'routes' ? { upstreamId: (await pick('upstreams')).id } : { labels: { a: String(random.int(3)) } }, ifMatch)
  }
}

describe('discard', () => {
  test(`leaves what is live, whatever was edited (TEST_SEED=${SEED})`, async () => {
    const random = createRandom(SEED)
    for (let round = 0; round < 12; round++) {
      for (let count = 0; count < 12; count++) await edit(random)
      // A draft that cannot be published is one more to discard.
      await publishDraft(plane.as.publisher)
      const { live } = await validate()
      if (live === null) continue
      for (let count = 0; count < 12; count++) await edit(random)
      const { status, body } = await plane.as.editor('POST', '/config/discard')
      assert.equal(status, 200, JSON.stringify(body))
      assert.equal((await validate()).draftHash, live.sha256)
      await assertReferencesProtect()
    }
    assert.ok((await validate()).live.revision > 2, 'hardly anything was published')
  })

  /** What a route of the draft names is refused to be deleted. */
  async function assertReferencesProtect(): Promise<void> {
    for (const { upstreamId } of (await plane.as.viewer('GET', '/routes')).body.items) {
      if (upstreamId === undefined) continue
      const { status, body } = await removed(plane.as.editor, `/upstreams/${upstreamId}`)
      assert.equal(status, 409)
      assert.ok(body.error.referrers.some((referrer: any) => referrer.in === 'draft'), JSON.stringify(body))
    }
  }

  test('undoes a change that was being written when it began, and counts its version', async () => {
    const { upstreamId } = await createSmallDraft(plane.as.editor, 'race', 20_200)
    assert.equal((await publishDraft(plane.as.publisher)).status, 201)
    await patched(plane.as.editor, `/upstreams/${upstreamId}`, { description: 'to discard' })
    const slow = await plane.db.sequelize.transaction()
    await plane.db.sequelize.query(`UPDATE upstreams SET enabled = false, version = version + 1 WHERE id = '${upstreamId}'`, { transaction: slow })
    const discard = plane.as.editor('POST', '/config/discard')
    await waitUntil(async () => (await waitingForLocks()) > 0, { ms: 20_000, what: 'the discard to wait for the change' })
    await slow.commit()
    assert.equal((await discard).status, 200)
    const { draftHash, live } = await validate()
    assert.equal(draftHash, live.sha256)
    assert.equal((await plane.as.viewer('GET', `/upstreams/${upstreamId}`)).body.version, 4)
  })

  test('and edits made side by side give each version once, and lose none that came after', async () => {
    const { upstreamId } = await createSmallDraft(plane.as.editor, 'versions', 20_201)
    const { id } = await created(plane.as.editor, '/upstreams', { name: 'never published' })
    await removed(plane.as.editor, `/upstreams/${id}`)
    assert.equal((await publishDraft(plane.as.publisher)).status, 201)
    const seen: number[] = []
    let isOver = false
    const editors = [1, 2, 3].map(async (editor) => {
      for (let count = 0; !isOver; count++) {
        const { headers } = await plane.as.viewer('GET', `/upstreams/${upstreamId}`)
        const answer = await plane.as.editor('PATCH', `/upstreams/${upstreamId}`, { description: `${editor} ${count}` }, { 'if-match': headers.get('etag') ?? '' })
        assert.ok(answer.status === 200 || answer.status === 412, JSON.stringify(answer.body))
        if (answer.status === 200) seen.push(answer.body.version)
      }
    })
    for (let round = 0; round < 25; round++) {
      const { status } = await plane.as.editor('POST', '/config/discard')
      assert.ok(status === 200 || status === 409)
    }
    isOver = true
    await Promise.all(editors)
    assert.ok(seen.length > 5, `only ${seen.length} edits were made`)
    assert.equal(new Set(seen).size, seen.length)
    await plane.as.editor('POST', '/config/discard')
    const { draftHash, live } = await validate()
    assert.equal(draftHash, live.sha256)
  })
})
