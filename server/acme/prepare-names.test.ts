import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { SealedCertificate } from '../../shared/schema/sealed.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { created, createSmallDraft, patched, publishDraft, removed } from '../testing/drafts.ts'
import { enrolNode, heartbeatOf } from '../testing/node.ts'
import { createNodeKey } from '../testing/node-key.ts'
import type { AcmeDeps } from './acme-deps.ts'
import { prepareNames } from './prepare-names.ts'

const NOW = new Date()

let plane: ControlPlane
let deps: AcmeDeps
let policyId: string

before(async () => {
  plane = await startControlPlane()
  deps = { ...plane.deps, settings: { directoryUrl: 'http://127.0.0.1:1/dir', contactEmail: null, binding: null } }
  await createSmallDraft(plane.as.editor)
  policyId = (await created(plane.as.editor, '/tls-policies', { name: 'automatic', acme: { enabled: true, domains: [] } })).id
  await created(plane.as.editor, '/listeners', { name: 'secure', protocol: 'https', port: 8443, tlsPolicyId: policyId })
})

after(() => plane.stop())

async function want(...domains: string[]): Promise<void> {
  await patched(plane.as.editor, `/tls-policies/${policyId}`, { acme: { enabled: true, domains } })
  assert.equal((await publishDraft(plane.as.publisher)).status, 201)
}

const row = async (name: string) => (await plane.db.acmeNames.findByPk(name))!
const certificateOf = async (name: string) => (await plane.as.viewer('GET', `/certificates/${(await row(name)).certificateId}`)).body

test('a certificate that a name needs by ACME stays; one that was deleted while nothing needed it comes back at once', async () => {
  await want('shop.test', 'other.test')
  assert.deepEqual((await prepareNames(deps, NOW)).sort(), ['other.test', 'shop.test'])
  const later = new Date(NOW.getTime() + 50 * 86_400_000)
  await plane.db.acmeNames.update({ status: 'issued', nextAt: later }, { where: {} })
  const { certificateId } = await row('shop.test')
  const refused = await removed(plane.as.publisher, `/certificates/${certificateId}`)
  assert.deepEqual([refused.status, refused.body.error.code], [409, 'still_referenced'])
  assert.match(refused.body.error.message, /shop\.test/)
  assert.deepEqual(refused.body.error.referrers.map(({ kind, id }: { kind: string; id: string }) => [kind, id]), [['acme', 'shop.test']])

  await want('other.test')
  assert.equal((await removed(plane.as.publisher, `/certificates/${certificateId}`)).status, 204)
  assert.deepEqual(await prepareNames(deps, NOW), [])
  await want('shop.test', 'other.test')
  assert.deepEqual(await prepareNames(deps, NOW), ['shop.test'])
  const back = await certificateOf('shop.test')
  assert.deepEqual([back.id, back.status, back.domains], [certificateId, 'waiting', ['shop.test']])
  assert.deepEqual([(await row('shop.test')).status, (await row('other.test')).nextAt], ['waiting', later])
})

test('a node gets the certificates of the names that it serves or should serve by ACME, and no others', async () => {
  const node = await enrolNode(plane, 'node-1')
  const key = createNodeKey()
  await node('POST', '/node/key', { publicKey: key.publicKey })
  const sent = async (): Promise<string[]> => (await node('GET', '/node/credentials')).body.certificates.map((certificate: SealedCertificate) => new X509Certificate(key.open(certificate).certificatePem).subjectAltName).sort()
  assert.deepEqual(await sent(), ['DNS:other.test', 'DNS:shop.test'])
  const { desired } = (await node('GET', '/node/config')).body
  await node('POST', '/node/heartbeat', heartbeatOf(desired))
  await want('other.test')
  assert.deepEqual(await sent(), ['DNS:other.test', 'DNS:shop.test'], 'it serves the revision before still')
  await node('POST', '/node/heartbeat', heartbeatOf((await node('GET', '/node/config')).body.desired))
  assert.deepEqual(await sent(), ['DNS:other.test'])
  await want('shop.test', 'other.test')
})

test('a name whose certificate cannot be added, because a person has one of that name, holds up no other', async () => {
  await created(plane.as.publisher, '/self-signed-certificates', { name: 'acme a.test', domains: ['a.test'] })
  await want('a.test', 'b.test')
  assert.deepEqual(await prepareNames(deps, new Date()), ['b.test'])
})
