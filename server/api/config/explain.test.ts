import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ControlPlane, startControlPlane } from '../../testing/control-plane.ts'
import { created, createSmallDraft, patched, publishDraft, type SmallDraft } from '../../testing/drafts.ts'
import { enrolNode } from '../../testing/node.ts'

let plane: ControlPlane
let draft: SmallDraft

before(async () => {
  plane = await startControlPlane()
  await enrolNode(plane, 'node-1')
  draft = await createSmallDraft(plane.as.editor)
  await publishDraft(plane.as.publisher)
})

after(() => plane.stop())

const explain = async (body: object, of = '') => plane.as.viewer('POST', `/config/explain${of === '' ? '' : `?of=${of}`}`, body)

test('explains what is live, the draft, and a revision', async () => {
  const listener = (await plane.as.viewer('GET', `/listeners/${draft.listenerId}`)).body
  const { match } = (await plane.as.viewer('GET', `/routes/${draft.routeId}`)).body
  const path: string = match.path.value
  const url = `http://${match.hosts?.[0] ?? 'h.example'}:${listener.port}${path}`
  const live = (await explain({ url })).body
  assert.deepEqual([live.refused, live.route.id, live.action.kind, live.action.upstreams[0].upstreamId], [null, draft.routeId, 'upstream', draft.upstreamId])
  assert.match(live.forwarded, new RegExp(`^GET ${path} HTTP/1\\.1\r\nHost: `))
  await patched(plane.as.editor, `/routes/${draft.routeId}`, { transforms: [{ PathPrefix: '/draft' }] })
  assert.match((await explain({ url }, 'draft')).body.forwarded, new RegExp(`^GET /draft${path} HTTP/1\\.1\r\n`))
  assert.match((await explain({ url }, '1')).body.forwarded, new RegExp(`^GET ${path} HTTP/1\\.1\r\n`))
  assert.equal((await explain({ url }, '99')).status, 404)
})

test('a draft with errors is told instead', async () => {
  await created(plane.as.editor, '/routes', { name: 'dangling', isGlobal: true, match: { path: { type: 'prefix', value: '/x' } }, respond: { status: 204 }, transforms: [{ RequestHeader: 'X-Request-Id', Set: '1' }] })
  const answer = await explain({ url: 'http://h/' }, 'draft')
  assert.deepEqual([answer.status, answer.body.error.code, answer.body.error.issues[0].code], [422, 'config_invalid', 'gateway_owned_header'])
})

test('each wrong field is named', async () => {
  const { status, body } = await explain({ url: 'ftp://h/', method: 'G T', headers: 'x', clientAddress: 'nowhere', more: 1 })
  assert.equal(status, 400)
  assert.deepEqual(body.error.issues.map(({ path }: { path: string }) => path).toSorted(), ['/clientAddress', '/headers', '/method', '/more', '/url'])
})
