import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ControlPlane, startControlPlane } from '../../testing/control-plane.ts'
import { created, patched, publishDraft, removed } from '../../testing/drafts.ts'
import { enrolNode } from '../../testing/node.ts'
import { createNodeKey } from '../../testing/node-key.ts'

let plane: ControlPlane
const HIDDEN = 'very hidden value 0123456789 0123456789'

before(async () => {
  plane = await startControlPlane()
})

after(() => plane.stop())

const store = (name: string, fields: object = {}) => created(plane.as.publisher, '/secrets', { name, value: HIDDEN, ...fields })
const route = (name: string, secret: string, fields: object = {}) => created(plane.as.editor, '/routes', { name, isGlobal: true, respond: { status: 204 }, match: { path: { type: 'prefix', value: `/${name}` } }, transforms: [{ RequestHeader: 'Authorization', Set: `Bearer \${secret:${secret}}` }], ...fields })
const issues = async () => (await plane.as.editor('POST', '/config/validate')).body.issues.filter(({ severity }: { severity: string }) => severity === 'error').map(({ code, path }: { code: string; path: string }) => [code, path])

test('a value is never answered, listed, audited or stored in clear', async () => {
  const item = await store('one')
  await patched(plane.as.publisher, `/secrets/${item.id}`, { value: `${HIDDEN} again`, description: 'of the shop' })
  const read = await plane.as.viewer('GET', `/secrets/${item.id}`)
  assert.deepEqual([read.body.name, read.body.description, read.headers.get('etag')], ['one', 'of the shop', '"2"'])
  const seen = [item, read.body, (await plane.as.viewer('GET', '/secrets')).body, (await plane.as.admin('GET', '/audit')).body, await plane.db.secrets.findByPk(item.id)]
  for (const shown of seen) assert.doesNotMatch(JSON.stringify(shown), /hidden/)
})

test('a name is one that fits into ${secret:name}, stays, and is there once', async () => {
  const ask = (body: object) => plane.as.publisher('POST', '/secrets', body)
  for (const name of ['', 'a b', 'a}', '-a', 'ä']) assert.equal((await ask({ name, value: 'x' })).body.error.issues[0].path, '/name', name)
  for (const value of ['', ' a', 'a\r\nb', 'ä']) assert.equal((await ask({ name: 'x', value })).body.error.issues[0].path, '/value', value)
  const { id } = await store('two')
  assert.equal((await ask({ name: 'TWO', value: 'x' })).body.error.code, 'name_taken')
  assert.equal((await plane.as.publisher('PATCH', `/secrets/${id}`, { name: 'other' }, { 'if-match': '"1"' })).status, 400)
})

test('a publish names what is missing, of another tenant, or too short; a node gets what its revision names, sealed to it', async () => {
  const r = await route('uses', 'three')
  assert.deepEqual(await issues(), [['unknown_secret', '/routes/0/transforms/0/Set']])
  const secret = await store('three', { tenantCode: 'acme' })
  assert.deepEqual(await issues(), [['tenant_mismatch', '/routes/0/transforms/0/Set']])
  await patched(plane.as.editor, `/routes/${r.id}`, { isGlobal: null, tenantCode: 'acme' })
  assert.deepEqual(await issues(), [])
  const short = await created(plane.as.publisher, '/secrets', { name: 'short', value: 'x'.repeat(31) })
  const provider = await created(plane.as.editor, '/providers', { name: 'p', issuer: 'i', audiences: ['a'], secretName: 'short', algorithms: ['HS256'] })
  assert.deepEqual(await issues(), [['weak_secret', '/providers/0/secretName']])
  await patched(plane.as.publisher, `/secrets/${short.id}`, { value: 'x'.repeat(32) })
  assert.deepEqual(await issues(), [])
  await removed(plane.as.editor, `/providers/${provider.id}`)

  const node = await enrolNode(plane, 'keeper')
  const key = createNodeKey()
  await node('POST', '/node/key', { publicKey: key.publicKey })
  assert.deepEqual((await node('GET', '/node/credentials')).body.secrets, [])
  await publishDraft(plane.as.publisher)
  const { secrets, hash } = (await node('GET', '/node/credentials')).body
  const opened = (sealed: string) => key.open({ id: 'secret:three', fingerprint256: '', sealed }) as unknown
  assert.deepEqual(secrets.map(({ name, sealed }: { name: string; sealed: string }) => [name, opened(sealed)]), [['three', { value: HIDDEN }]])
  assert.equal((await node('GET', `/node/credentials?have=${hash}`)).status, 304)
  await patched(plane.as.publisher, `/secrets/${secret.id}`, { value: 'another' })
  const next = (await node('GET', `/node/credentials?have=${hash}`)).body
  assert.deepEqual(opened(next.secrets[0].sealed), { value: 'another' })
})

test('what something names cannot be deleted', async () => {
  const { items } = (await plane.as.viewer('GET', '/secrets?q=three')).body
  const refused = await plane.as.publisher('DELETE', `/secrets/${items[0].id}`, undefined, { 'if-match': `"${items[0].version}"` })
  assert.deepEqual([refused.body.error.code, refused.body.error.referrers.map(({ name, in: where }: { name: string; in: string }) => `${name} ${where}`)], ['still_referenced', ['uses draft', 'revision 1 live']])
  const { id } = await store('four')
  await removed(plane.as.publisher, `/secrets/${id}`)
  assert.equal((await plane.as.viewer('GET', `/secrets/${id}`)).status, 404)
  await store('four')
})
