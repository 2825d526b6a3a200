import assert from 'node:assert/strict'
import { createPublicKey, X509Certificate } from 'node:crypto'
import fs from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { FLEET_KEY_ID, TICKET_KEYS_ID, ticketDay, type TicketKey } from '../../../shared/schema/sealed.ts'
import { sealedRowsProblem } from '../../sealing/check-sealed-rows.ts'
import { parseSecretsKey } from '../../sealing/secrets-key.ts'
import { type ControlPlane, startControlPlane } from '../../testing/control-plane.ts'
import { created, createSmallDraft, patched, publishDraft, removed } from '../../testing/drafts.ts'
import { enrolNode, heartbeatOf } from '../../testing/node.ts'
import { createNodeKey } from '../../testing/node-key.ts'

/** Files of workers/testing/certificates. */
const pem = (name: string): string => fs.readFileSync(new URL(`../../../workers/testing/certificates/${name}`, import.meta.url), 'utf8')
const pair = (name: string) => ({ certificatePem: pem(`${name}.pem`), privateKeyPem: pem(`${name}.key`) })

let plane: ControlPlane
let count = 0
const upload = (name = 'client') => created(plane.as.publisher, '/certificates', { name: `certificate ${++count}`, ...pair(name) })

before(async () => {
  plane = await startControlPlane()
})

after(() => plane.stop())

describe('an upload', () => {
  test('is answered with what the certificate says, never with its key', async () => {
    const item = await upload('origin')
    const leaf = new X509Certificate(pem('origin.pem'))
    assert.equal(item.fingerprint256, leaf.fingerprint256.replaceAll(':', '').toLowerCase())
    assert.deepEqual(item.domains.sort(), ['127.0.0.1', 'localhost', 'origin.test'])
    assert.equal(item.status, 'valid')
    assert.equal(item.notAfter, leaf.validToDate.toISOString())
    const read = await plane.as.viewer('GET', `/certificates/${item.id}`)
    assert.deepEqual([read.headers.get('etag'), read.body], ['"1"', item])
    const list = await plane.as.viewer('GET', '/certificates?limit=1000')
    assert.ok(list.body.items.some((other: { id: string }) => other.id === item.id))
    const audit = await plane.as.admin('GET', '/audit')
    for (const shown of [item, list.body, audit.body]) assert.doesNotMatch(JSON.stringify(shown), /PRIVATE KEY/)
    const row = await plane.db.certificates.findByPk(item.id)
    assert.doesNotMatch(JSON.stringify(row), /PRIVATE KEY/)
  })

  test('is written anew from what was understood', async () => {
    const { certificatePem } = await created(plane.as.publisher, '/certificates', { name: 'with words', ...pair('client'), certificatePem: `subject: me\n${pem('client.pem')}\nsome words\n${pem('ca.pem')}` })
    assert.doesNotMatch(certificatePem, /words|subject/)
    assert.equal(certificatePem.match(/BEGIN CERTIFICATE/g)?.length, 2)
  })

  const refused: [what: string, body: Record<string, string>, issues: [path: string, code: string][]][] = [
    ['no certificate', { certificatePem: 'hello', privateKeyPem: pem('client.key') }, [['/certificatePem', 'bad_certificate']]],
    ['neither certificate nor key', { certificatePem: 'hello', privateKeyPem: 'hello' }, [['/certificatePem', 'bad_certificate'], ['/privateKeyPem', 'bad_private_key']]],
    ['a certificate that is damaged', { ...pair('client'), certificatePem: pem('client.pem').replace(/\n[A-Za-z0-9+/]{10}/, '\nAAAAAAAAAA') }, [['/certificatePem', 'bad_certificate']]],
    ['a certificate behind a damaged block', { ...pair('client'), certificatePem: `-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n${pem('client.pem')}` }, [['/certificatePem', 'bad_certificate']]],
    ['a chain that is cut off', { ...pair('client'), certificatePem: pem('client.pem') + pem('ca.pem').slice(0, -60) }, [['/certificatePem', 'bad_certificate']]],
    ['a chain without its beginning', { ...pair('client'), certificatePem: pem('client.pem') + pem('ca.pem').slice(40) }, [['/certificatePem', 'bad_certificate']]],
    ['a key among the certificates', { ...pair('client'), certificatePem: pem('client.pem') + pem('client.key') }, [['/certificatePem', 'bad_certificate']]],
    ["another one's key", { certificatePem: pem('client.pem'), privateKeyPem: pem('other.key') }, [['/privateKeyPem', 'key_mismatch']]],
    ['an encrypted key', { certificatePem: pem('client.pem'), privateKeyPem: '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n' }, [['/privateKeyPem', 'bad_private_key']]],
    ['an expired certificate', pair('expired'), [['/certificatePem', 'certificate_expired']]],
    ['a chain in the wrong order', { certificatePem: pem('ca.pem') + pem('client.pem'), privateKeyPem: pem('client.key') }, [['/certificatePem', 'chain_order'], ['/privateKeyPem', 'key_mismatch']]],
    ['a chain that is too long', { ...pair('client'), certificatePem: pem('client.pem') + pem('ca.pem').repeat(10) }, [['/certificatePem', 'bad_certificate']]],
    ['a pair that no node could serve', pair('weak'), [['/privateKeyPem', 'weak_key']]],
    ['no key', { certificatePem: pem('client.pem') }, [['/privateKeyPem', 'required']]]
  ]
  for (const [what, body, issues] of refused) {
    test(`of ${what} is refused`, async () => {
      const answer = await plane.as.publisher('POST', '/certificates', { name: 'refused', ...body })
      assert.equal(answer.status, 400, JSON.stringify(answer.body))
      assert.deepEqual(answer.body.error.issues.map((issue: { path: string; code: string }) => [issue.path, issue.code]), issues)
    })
  }

  test('under a name that is in use is refused', async () => {
    const { name } = await upload()
    assert.equal((await plane.as.publisher('POST', '/certificates', { name: name.toUpperCase(), ...pair('client') })).body.error.code, 'name_taken')
  })

  test('needs SECRETS_KEY, as does affinity by signed keys', async () => {
    const without = await startControlPlane({ secretsKey: null })
    try {
      const answer = await without.as.publisher('POST', '/certificates', { name: 'x', ...pair('client') })
      assert.deepEqual([answer.status, answer.body.error.code], [503, 'secrets_key_missing'])
      assert.equal(await sealedRowsProblem(without.db, null), null)
      await created(without.as.editor, '/upstreams', { name: 'u', targets: [{ id: 'a', address: 'http://127.0.0.1:1' }], sessionAffinity: { enabled: true, policy: 'CustomHeader' } })
      const { issues } = (await without.as.viewer('POST', '/config/validate')).body
      assert.deepEqual(issues.map(({ path, code }: { path: string; code: string }) => [path, code]), [['/upstreams/0/sessionAffinity/policy', 'secrets_key_missing']])
    } finally {
      await without.stop()
    }
  })
})

test('a start with another key, or none, is refused while there are sealed rows', async () => {
  await upload()
  assert.equal(await sealedRowsProblem(plane.db, parseSecretsKey('00'.repeat(32))), null)
  assert.match((await sealedRowsProblem(plane.db, null)) ?? '', /^SECRETS_KEY is not set, but the key of the certificate ".*" is sealed/)
  assert.match((await sealedRowsProblem(plane.db, parseSecretsKey('11'.repeat(32)))) ?? '', /^SECRETS_KEY is another one/)
})

describe('a change', () => {
  test('keeps the id, and what is not named', async () => {
    const before = await upload('client')
    const renamed = await patched(plane.as.publisher, `/certificates/${before.id}`, { name: `renamed ${count}`, description: 'mine' })
    assert.deepEqual([renamed.fingerprint256, renamed.version, renamed.description], [before.fingerprint256, 2, 'mine'])
    const replaced = await patched(plane.as.publisher, `/certificates/${before.id}`, { ...pair('other'), description: null })
    assert.deepEqual([replaced.id, replaced.name, replaced.version, 'description' in replaced], [before.id, `renamed ${count}`, 3, false])
    assert.notEqual(replaced.fingerprint256, before.fingerprint256)
  })

  test('needs both halves, the right ones, and the version', async () => {
    const { id, fingerprint256 } = await upload()
    const call = (body: object, version = '"1"') => plane.as.publisher('PATCH', `/certificates/${id}`, body, { 'if-match': version })
    assert.equal((await call({ certificatePem: pem('other.pem') })).body.error.issues[0].path, '/privateKeyPem')
    assert.equal((await call({ privateKeyPem: pem('other.key') })).body.error.issues[0].path, '/certificatePem')
    assert.equal((await call({ certificatePem: pem('other.pem'), privateKeyPem: pem('client.key') })).body.error.issues[0].code, 'key_mismatch')
    const weak = (await call(pair('weak'))).body.error.issues
    assert.deepEqual([weak[0].path, weak[0].code], ['/privateKeyPem', 'weak_key'])
    assert.match(weak[0].message, /RSA key of 1024 bits is too weak; at least 2048/)
    assert.equal((await call({ name: 'x' }, '"7"')).body.error.code, 'version_mismatch')
    assert.equal((await plane.as.viewer('GET', `/certificates/${id}`)).body.fingerprint256, fingerprint256, 'the old one stays')
  })

  test('does not put one that browsers do not take, or not yet, in the place of one that they do', async () => {
    const { id } = await upload('origin')
    const call = (name: string) => plane.as.publisher('PATCH', `/certificates/${id}`, pair(name), { 'if-match': '"1"' })
    const codes = (answer: any) => [answer.status, ...answer.body.error.issues.map((issue: { path: string; code: string }) => `${issue.path} ${issue.code}`)]
    assert.deepEqual(codes(await call('client')), [400, '/certificatePem certificate_without_names', '/certificatePem certificate_for_clients'])
    assert.deepEqual(codes(await call('future')), [400, '/certificatePem certificate_not_yet_valid'])
    assert.equal((await plane.as.viewer('GET', `/certificates/${id}`)).body.version, 1)
    const future = await upload('future')
    assert.equal(future.status, 'not_yet_valid')
    assert.equal((await patched(plane.as.publisher, `/certificates/${future.id}`, pair('origin'))).status, 'valid')
  })

  test('is not for editors', async () => {
    assert.equal((await plane.as.editor('POST', '/certificates', { name: 'x', ...pair('client') })).status, 403)
  })
})

describe('what names a certificate', () => {
  test('cannot be published when it is not there, and keeps it from being deleted', async () => {
    const draft = await createSmallDraft(plane.as.editor, `naming-${++count}`)
    const { id } = await upload()
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { tls: { clientCertificateId: id } }, targets: [{ id: 'a', address: 'https://127.0.0.1:8443' }] })
    assert.deepEqual((await removed(plane.as.publisher, `/certificates/${id}`)).body.error.referrers.map((referrer: { in: string; kind: string }) => [referrer.kind, referrer.in]), [['upstreams', 'draft']])
    const nobody = '01890000-0000-7000-8000-000000000000'
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { tls: { clientCertificateId: nobody } } })
    const { issues } = (await plane.as.viewer('POST', '/config/validate')).body
    assert.deepEqual(issues.map((issue: { code: string; path: string }) => [issue.code, issue.path.replace(/\d+/, 'N')]), [['unknown_certificate', '/upstreams/N/connection/tls/clientCertificateId']])
    assert.equal((await publishDraft(plane.as.publisher)).body.error.issues[0].code, 'unknown_certificate')
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { tls: { clientCertificateId: id } } })
    assert.equal((await publishDraft(plane.as.publisher)).status, 201)
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { tls: { clientCertificateId: null } } })
    assert.deepEqual((await removed(plane.as.publisher, `/certificates/${id}`)).body.error.referrers.map((referrer: { in: string }) => referrer.in), ['live'])
    assert.equal((await publishDraft(plane.as.publisher)).status, 201)
    assert.equal((await removed(plane.as.publisher, `/certificates/${id}`)).status, 204)
    assert.equal((await plane.as.viewer('GET', `/certificates/${id}`)).status, 404)
    assert.equal((await plane.db.certificates.findByPk(id))?.sealedKey, '', 'the key is gone')
  })
})

test('certificates that clients of a listener would not take are told before a publish; upstreams may be shown them', async () => {
  const [client, future, origin] = [await upload('client'), await upload('future'), await upload('origin')]
  assert.deepEqual([client.forClientsOnly, 'forClientsOnly' in origin], [true, false])
  const policy = await created(plane.as.editor, '/tls-policies', { name: 'doubtful', certificateIds: [origin.id, client.id], defaultCertificateId: future.id })
  const draft = await createSmallDraft(plane.as.editor, `doubtful-${++count}`, 22_000)
  await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { tls: { clientCertificateId: client.id } }, targets: [{ id: 'a', address: 'https://127.0.0.1:8443' }] })
  const { issues } = (await plane.as.viewer('POST', '/config/validate')).body
  const told = issues.filter(({ code }: { code: string }) => code.startsWith('certificate_'))
  assert.deepEqual(told.map(({ path, code, severity }: Record<string, string>) => [path, code, severity]), [
    ['/tlsPolicies/0/certificateIds/1', 'certificate_without_names', 'warning'],
    ['/tlsPolicies/0/certificateIds/1', 'certificate_for_clients', 'warning'],
    ['/tlsPolicies/0/defaultCertificateId', 'certificate_not_yet_valid', 'warning']
  ])
  await removed(plane.as.editor, `/tls-policies/${policy.id}`)
  await removed(plane.as.editor, `/routes/${draft.routeId}`)
  await removed(plane.as.editor, `/upstreams/${draft.upstreamId}`)
})

describe('a node', () => {
  test('gets what it serves and should serve, sealed to its own key, and only when it changed', async () => {
    const node = await enrolNode(plane, 'node-1')
    assert.deepEqual((await node('GET', '/node/credentials')).body.error.code, 'node_key_missing')
    const key = createNodeKey()
    assert.equal((await node('POST', '/node/key', { publicKey: key.publicKey })).status, 204)
    const first = (await node('GET', '/node/credentials')).body
    assert.deepEqual(first.certificates, [])
    const other = await enrolNode(plane, 'node-other')
    const otherKey = createNodeKey()
    await other('POST', '/node/key', { publicKey: otherKey.publicKey })
    const fleetKey = key.open({ id: FLEET_KEY_ID, fingerprint256: '', sealed: first.fleetKey })
    assert.deepEqual(otherKey.open({ id: FLEET_KEY_ID, fingerprint256: '', sealed: (await other('GET', '/node/credentials')).body.fleetKey }), fleetKey, 'every node has the same')
    const [{ ticketKeys }, others] = [key.open({ id: TICKET_KEYS_ID, fingerprint256: '', sealed: first.ticketKeys }), otherKey.open({ id: TICKET_KEYS_ID, fingerprint256: '', sealed: (await other('GET', '/node/credentials')).body.ticketKeys })] as unknown as [{ ticketKeys: TicketKey[] }, { ticketKeys: TicketKey[] }]
    const today = ticketDay(Date.now())
    assert.deepEqual(ticketKeys.map(({ day }) => day - today).filter((days) => days === 0), [0])
    assert.equal(new Set(ticketKeys.map(({ key: one }) => one)).size, 3, 'each day has its own, and no node a key for later ones')
    assert.deepEqual(others.ticketKeys.find(({ day }) => day === today), ticketKeys.find(({ day }) => day === today))

    const draft = await createSmallDraft(plane.as.editor, `served-${++count}`, 21_000)
    const { id } = await upload('client')
    await upload('other')
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { tls: { clientCertificateId: id } }, targets: [{ id: 'a', address: 'https://127.0.0.1:8443' }] })
    const published = (await publishDraft(plane.as.publisher)).body
    const { hash, certificates } = (await node('GET', '/node/credentials')).body
    assert.deepEqual(certificates.map((certificate: { id: string }) => certificate.id), [id], 'not the one that nothing names')
    const opened = key.open(certificates[0])
    assert.equal(opened.certificatePem, pem('client.pem'))
    assert.deepEqual(createPublicKey(opened.privateKeyPem).export({ type: 'spki', format: 'pem' }), createPublicKey(pem('client.key')).export({ type: 'spki', format: 'pem' }))
    assert.equal((await node('GET', `/node/credentials?have=${hash}`)).status, 304)

    await patched(plane.as.publisher, `/certificates/${id}`, pair('other'))
    const next = (await node('GET', `/node/credentials?have=${hash}`)).body
    assert.equal(key.open(next.certificates[0]).certificatePem, pem('other.pem'))

    const desired = { epoch: published.epoch, revision: published.revision, sha256: published.sha256 }
    await node('POST', '/node/heartbeat', heartbeatOf(desired))
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { tls: { clientCertificateId: null } } })
    await publishDraft(plane.as.publisher)
    assert.equal((await node('GET', '/node/credentials')).body.certificates.length, 1, 'it still serves what names it')
  })

  test('that is revoked gets nothing more, and the keys that it has are due for rotation until they are replaced', async () => {
    const due = async () => (await plane.as.viewer('GET', '/certificates?rotationDue=true')).body.items
    assert.deepEqual(await due(), [])
    const node = await enrolNode(plane, 'node-lost')
    await node('POST', '/node/key', { publicKey: createNodeKey().publicKey })
    const draft = await createSmallDraft(plane.as.editor, `lost-${++count}`, 21_001)
    const [{ id }, unnamed] = [await upload('client'), await upload('other')]
    await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { connection: { tls: { clientCertificateId: id } }, targets: [{ id: 'a', address: 'https://127.0.0.1:8443' }] })
    await publishDraft(plane.as.publisher)
    assert.ok((await node('GET', '/node/credentials')).body.certificates.some((certificate: { id: string }) => certificate.id === id))
    assert.equal((await plane.as.admin('DELETE', '/nodes/node-lost')).status, 204)
    for (const path of ['/node/credentials', '/node/config']) assert.equal((await node('GET', path)).status, 401)
    const [found, ...others] = (await due()).filter((certificate: { id: string }) => certificate.id === id || certificate.id === unnamed.id)
    assert.deepEqual([found.id, found.rotationDue.nodeId, others], [id, 'node-lost', []])
    const { body: audit } = await plane.as.viewer('GET', '/audit?action=nodes.delete&resourceId=node-lost')
    assert.ok(audit.items[0].before.certificates.includes(found.name))
    await patched(plane.as.publisher, `/certificates/${id}`, { description: 'another word' })
    assert.ok((await plane.as.viewer('GET', `/certificates/${id}`)).body.rotationDue, 'still the same key')
    assert.equal((await patched(plane.as.publisher, `/certificates/${id}`, pair('other'))).rotationDue, undefined)
    assert.ok(!(await due()).some((certificate: { id: string }) => certificate.id === id))
  })

  test('registers a key that can be used; a change of it is audited', async () => {
    const node = await enrolNode(plane, 'node-2')
    for (const publicKey of ['', 'AAAA', 'A'.repeat(44), `${'A'.repeat(43)}=`]) assert.equal((await node('POST', '/node/key', { publicKey })).status, 400, publicKey)
    const { publicKey } = createNodeKey()
    for (let time = 0; time < 2; time++) assert.equal((await node('POST', '/node/key', { publicKey })).status, 204)
    const rows = (await plane.as.admin('GET', '/audit?kind=nodes&limit=1000')).body.items.filter((row: { action: string; resourceId: string }) => row.action === 'nodes.key' && row.resourceId === 'node-2')
    assert.deepEqual(rows.map((row: { actor: string }) => row.actor), ['node:node-2'])
  })
})
