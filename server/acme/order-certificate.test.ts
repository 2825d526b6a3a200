import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freePort } from '../../scripts/services/free-port.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { created, createSmallDraft, publishDraft } from '../testing/drafts.ts'
import type { AcmeDeps } from './acme-deps.ts'
import { orderCertificate } from './order-certificate.ts'
import { prepareNames } from './prepare-names.ts'

const NAME = 'shop.test'
const MINUTE_MS = 60_000

let plane: ControlPlane
let deps: AcmeDeps

before(async () => {
  plane = await startControlPlane()
  deps = { ...plane.deps, settings: { directoryUrl: `http://127.0.0.1:${await freePort()}/dir`, contactEmail: null, binding: null } }
  await createSmallDraft(plane.as.editor)
  const { id } = await created(plane.as.editor, '/tls-policies', { name: 'automatic', acme: { enabled: true, domains: [NAME] } })
  await created(plane.as.editor, '/listeners', { name: 'secure', protocol: 'https', port: 8443, tlsPolicyId: id })
  await publishDraft(plane.as.publisher)
  await prepareNames(deps, new Date())
})

after(() => plane.stop())

const row = async () => (await plane.db.acmeNames.findByPk(NAME))!

test('an authority that is away makes no orders: they do not count, and a person can have one made as soon as it is back', async () => {
  for (const minutes of [1, 5, 15, 30, 30, 30, 30]) {
    assert.equal(await orderCertificate(deps, NAME), 'failed')
    const { nextAt, orderedAt, lastError, status } = await row()
    assert.deepEqual([orderedAt, status], [[], 'waiting'])
    assert.match(lastError ?? '', /cannot be reached/)
    assert.ok(Math.abs(nextAt!.getTime() - Date.now() - minutes * MINUTE_MS) < 10_000, `${minutes} minutes: ${nextAt!.toISOString()}`)
    assert.equal(await orderCertificate(deps, NAME), 'not-due')
    await (await row()).update({ nextAt: new Date() })
  }
  assert.equal((await plane.as.publisher('POST', `/acme/${NAME}/order`)).status, 202)
  await orderCertificate(deps, NAME)
  assert.doesNotMatch((await row()).lastError ?? '', /within a day/)
})

test('five orders that the authority took are the most of a day', async () => {
  const orderedAt = [23, 5, 4, 3, 2].map((hours) => new Date(Date.now() - hours * 60 * MINUTE_MS))
  await (await row()).update({ nextAt: new Date(), orderedAt })
  assert.equal(await orderCertificate(deps, NAME), 'failed')
  const { nextAt, lastError } = await row()
  assert.match(lastError ?? '', /5 orders were made within a day/)
  assert.ok(Math.abs(nextAt!.getTime() - Date.now() - 60 * MINUTE_MS) < 10_000, nextAt!.toISOString())
})
