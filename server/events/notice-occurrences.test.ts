import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { watchPresence } from '../fleet/watch-presence.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { created } from '../testing/drafts.ts'
import { enrolNode, heartbeatOf } from '../testing/node.ts'
import { noticeGoneNodes, noticeOccurrences } from './notice-occurrences.ts'

let plane: ControlPlane
let hook: any

before(async () => {
  plane = await startControlPlane()
  hook = await created(plane.as.admin, '/webhooks', { name: 'all', url: 'https://hooks.example/', events: ['node_gone', 'node_back', 'certificate_due', 'certificate_failed'] })
})

after(() => plane.stop())

/** Kinds of the events since the last look. */
async function told(): Promise<string[]> {
  const { items } = (await plane.as.admin('GET', `/webhooks/${hook.id}/deliveries`)).body
  await plane.db.webhookDeliveries.destroy({ where: {} })
  return items.map(({ kind }: any) => kind)
}

test('a node that goes and comes back is told of once each, however many look', async () => {
  const node = await enrolNode(plane, 'n1')
  await node('POST', '/node/heartbeat', heartbeatOf(null))
  assert.equal(await noticeOccurrences(plane.deps, new Date()), 0)
  const before = new Date()
  await plane.db.nodes.update({ lastHeartbeatAt: new Date(Date.now() - 61_000) }, { where: {} })
  await Promise.all([noticeOccurrences(plane.deps, new Date()), noticeGoneNodes(plane.deps, new Date())])
  assert.deepEqual(await told(), ['node_gone'])
  await noticeOccurrences(plane.deps, new Date())
  assert.deepEqual(await told(), [])
  await node('POST', '/node/heartbeat', heartbeatOf(null))
  await noticeOccurrences(plane.deps, before)
  assert.deepEqual(await told(), [], 'a look of before knows nothing of what began since')
  await noticeOccurrences(plane.deps, new Date())
  assert.deepEqual(await told(), ['node_back'])
  await plane.db.nodes.destroy({ where: {} })
  await noticeOccurrences(plane.deps, new Date())
  await told()
})

test('control-web tells it too, where no control-jobs runs', async () => {
  const node = await enrolNode(plane, 'n2')
  await node('POST', '/node/heartbeat', heartbeatOf(null))
  await plane.db.nodes.update({ lastHeartbeatAt: new Date(Date.now() - 61_000) }, { where: {} })
  const presence = watchPresence(plane.deps)
  const kinds = async (): Promise<string[]> => (await plane.db.webhookDeliveries.findAll({ where: {} })).map(({ kind }) => kind)
  await waitUntil(async () => (await kinds()).length > 0, { ms: 15_000, what: 'an event node_gone' })
  presence.stop()
  assert.deepEqual(await told(), ['node_gone'])
  await plane.db.nodes.destroy({ where: {} })
  await noticeOccurrences(plane.deps, new Date())
  await told()
})

test('a certificate that ends soon is told of once, until it was replaced', async () => {
  const { id, notAfter } = await created(plane.as.publisher, '/self-signed-certificates', { name: 'soon', domains: ['soon.example'], days: 30 })
  await noticeOccurrences(plane.deps, new Date())
  assert.deepEqual(await told(), [])
  const near = new Date(Date.parse(notAfter) - 7 * 86_400_000)
  for (let look = 0; look < 2; look++) await noticeOccurrences(plane.deps, near)
  assert.deepEqual(await told(), ['certificate_due'])
  await plane.db.certificates.update({ notAfter: new Date(Date.parse(notAfter) + 86_400_000 * 90) }, { where: { id } })
  await noticeOccurrences(plane.deps, near)
  await plane.db.certificates.update({ notAfter: new Date(notAfter) }, { where: { id } })
  await noticeOccurrences(plane.deps, near)
  assert.deepEqual(await told(), ['certificate_due'])
})

test('a certificate that could not be ordered is told of, with the words of the authority', async () => {
  const { id } = await created(plane.as.publisher, '/self-signed-certificates', { name: 'ordered', domains: ['ordered.example'], days: 365 })
  await plane.db.acmeNames.create({ name: 'ordered.example', certificateId: id, status: 'waiting', attempts: 1, nextAt: new Date(), lastError: 'no such host', updatedAt: new Date() })
  for (let look = 0; look < 2; look++) await noticeOccurrences(plane.deps, new Date())
  const [delivery] = await plane.db.webhookDeliveries.findAll({ where: { kind: 'certificate_failed' } })
  assert.deepEqual(JSON.parse(delivery!.body).data, { name: 'ordered.example', reason: 'no such host' })
  assert.deepEqual((await told()).filter((kind) => kind === 'certificate_failed'), ['certificate_failed'])
})
