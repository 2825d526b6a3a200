import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, beforeEach, describe, test } from 'node:test'
import Value from 'typebox/value'
import { type RedisServer, startRedis } from '../../scripts/services/redis.ts'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { WebhookBody } from '../../shared/schema/webhook.ts'
import { createWebhookJobs, type WebhookJobs } from '../jobs/webhooks/start-webhooks.ts'
import { emitEvent } from '../events/emit-event.ts'
import { recordEvent } from '../events/record-event.ts'
import { reseal } from '../sealing/reseal.ts'
import { parseSecretsKey } from '../sealing/secrets-key.ts'
import { createQueueClient } from '../redis-clients.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, patched, publishDraft } from '../testing/drafts.ts'
import { deliverWebhook, PAUSES_MS } from './deliver-webhook.ts'
import { postWebhook } from './post-webhook.ts'

interface Taken {
  headers: http.IncomingHttpHeaders
  body: string
}

let redis: RedisServer
let plane: ControlPlane
let jobs: WebhookJobs
let receiver: http.Server
let url: string
let status = 204
const taken: Taken[] = []
const clients: ReturnType<typeof createQueueClient>[] = []

before(async () => {
  redis = await startRedis()
  plane = await startControlPlane({ redisUrl: redis.url })
  receiver = http.createServer((request, response) => {
    void text(request).then((body) => {
      taken.push({ headers: request.headers, body })
      response.writeHead(status, { location: '/elsewhere' }).end()
    })
  })
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  clients.push(createQueueClient(redis.url, plane.deps.log), createQueueClient(redis.url, plane.deps.log))
  jobs = createWebhookJobs({ ...plane.deps, queueClient: clients[0]!, workerClient: clients[1]! })
  await jobs.reconcile()
  jobs.run()
})

after(async () => {
  await jobs.stop()
  for (const client of clients) client.disconnect()
  receiver.closeAllConnections()
  receiver.close()
  await plane.stop()
  await redis.stop()
})

beforeEach(async () => {
  status = 204
  taken.length = 0
  await plane.db.webhooks.destroy({ where: {} })
})

const add = (fields: object = {}) => created(plane.as.admin, '/webhooks', { name: `hook ${Math.random()}`, url, events: ['publish', 'node_gone'], ...fields })
const deliveriesOf = async (id: string, query = ''): Promise<any[]> => (await plane.as.admin('GET', `/webhooks/${id}/deliveries${query}`)).body.items
const gone = { kind: 'node_gone', at: '2026-11-23T10:00:00.000Z', data: { nodeId: 'n1', lastHeartbeatAt: null } } as const
const gate = (what: () => unknown) => waitUntil(async () => Boolean(await what()), { ms: 15_000, what: String(what) })

function signatureOf(secret: string, { headers, body }: Taken): string {
  return `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64')}`
}

describe('a webhook', () => {
  test('gets what it asked for, signed, with an id', async () => {
    const hook = await add()
    await createSmallDraft(plane.as.editor, 'hooked')
    assert.equal((await publishDraft(plane.as.publisher)).status, 201)
    await gate(() => taken.length > 0)
    const [first] = taken
    const body = JSON.parse(first!.body)
    assert.equal(body.kind, 'publish')
    assert.equal(body.id, first!.headers['webhook-id'])
    assert.ok(Value.Check(WebhookBody, JSON.parse(first!.body)))
    assert.ok(Math.abs(Number(first!.headers['webhook-timestamp']) - Date.now() / 1000) < 30)
    assert.equal(first!.headers['webhook-signature'], signatureOf(hook.secret, first!))
    await gate(async () => (await deliveriesOf(hook.id))[0]?.state === 'delivered')
    const [delivery] = await deliveriesOf(hook.id)
    assert.deepEqual([delivery.attempts, delivery.lastStatus, delivery.lastError, delivery.eventId], [1, 204, null, body.id])
  })

  test('gets nothing of other kinds, of other tenants, or while it is disabled', async () => {
    const hooks = [await add({ events: ['drift'] }), await add({ tenantCode: 'one' }), await add({ enabled: false })]
    await emitEvent(plane.deps, gone)
    const { id } = await add({ tenantCode: 'two' })
    await emitEvent(plane.deps, { ...gone, tenantCode: 'two' })
    assert.equal((await deliveriesOf(id)).length, 1)
    for (const hook of hooks) assert.deepEqual(await deliveriesOf(hook.id), [])
  })

  test('that answers badly gets it again, the same id each time, and fails after the last attempt', async () => {
    status = 503
    const { id } = await add()
    const event = await recordEvent(plane.db, gone)
    const [{ id: deliveryId }] = await deliveriesOf(id)
    const secondsBefore: number[] = []
    for (let attempt = 1; attempt <= PAUSES_MS.length + 1; attempt++) {
      await plane.db.webhookDeliveries.update({ nextAt: new Date(0) }, { where: { id: deliveryId } })
      await gate(async () => {
        await deliverWebhook(plane.deps, deliveryId)
        return (await deliveriesOf(id))[0].attempts === attempt
      })
      const [delivery] = await deliveriesOf(id)
      assert.match(delivery.lastError, /answered 503/)
      assert.equal(delivery.state, attempt > PAUSES_MS.length ? 'failed' : 'pending')
      if (delivery.nextAt !== null) secondsBefore.push((Date.parse(delivery.nextAt) - Date.now()) / 1000)
    }
    assert.ok(secondsBefore.every((seconds, index) => seconds <= (PAUSES_MS[index]! * 1.2) / 1000))
    assert.deepEqual([...new Set(taken.map(({ headers }) => headers['webhook-id']))], [event.id])
    status = 204
    assert.equal((await plane.as.admin('POST', `/webhooks/${id}/deliveries/${deliveryId}/send`)).status, 202)
    await gate(async () => (await deliveriesOf(id, '?state=delivered')).length === 1)
  })

  test('is not followed when it redirects', async () => {
    status = 307
    const attempt = await postWebhook(url, {}, '{}', true)
    assert.deepEqual([attempt.status, attempt.error, taken.length], [307, 'answered 307; redirects are not followed', 1])
  })

  test('can be tried, also while it is disabled', async () => {
    const { id } = await add({ enabled: false })
    const { status: answered, body } = await plane.as.admin('POST', `/webhooks/${id}/test`)
    assert.deepEqual([answered, body.kind, body.state], [202, 'test', 'pending'])
    await gate(() => taken.length === 1)
    assert.ok(Value.Check(WebhookBody, JSON.parse(taken[0]!.body)))
  })

  test('signs with both secrets for a while after one was replaced', async () => {
    const hook = await add()
    const rotated = await plane.as.admin('POST', `/webhooks/${hook.id}/secret`, undefined, { 'if-match': '"1"' })
    assert.notEqual(rotated.body.secret, hook.secret)
    await plane.as.admin('POST', `/webhooks/${hook.id}/test`)
    await gate(() => taken.length === 1)
    assert.equal(taken[0]!.headers['webhook-signature'], `${signatureOf(rotated.body.secret, taken[0]!)} ${signatureOf(hook.secret, taken[0]!)}`)
    await plane.db.webhooks.update({ previousUntil: new Date(0) }, { where: { id: hook.id } })
    await plane.as.admin('POST', `/webhooks/${hook.id}/test`)
    await gate(() => taken.length === 2)
    assert.equal(taken[1]!.headers['webhook-signature'], signatureOf(rotated.body.secret, taken[1]!))
  })

  test('never shows its secret again', async () => {
    const hook = await add()
    const shown = [await plane.as.admin('GET', `/webhooks/${hook.id}`), await plane.as.admin('GET', '/webhooks'), await plane.as.admin('GET', '/audit?kind=webhooks')]
    for (const { body } of shown) assert.ok(!JSON.stringify(body).includes(hook.secret))
    const row = await plane.db.webhooks.findByPk(hook.id)
    assert.ok(!JSON.stringify(row).includes(hook.secret.slice(6)))
  })

  test('is changed and deleted with what waits for it', async () => {
    const { id } = await add()
    assert.equal((await patched(plane.as.admin, `/webhooks/${id}`, { events: ['drift'], tenantCode: 'one' })).version, 2)
    assert.equal((await plane.as.admin('PATCH', `/webhooks/${id}`, {}, { 'if-match': '"1"' })).status, 412)
    assert.equal('tenantCode' in (await patched(plane.as.admin, `/webhooks/${id}`, { tenantCode: null })), false)
    assert.equal((await plane.as.admin('DELETE', `/webhooks/${id}`, undefined, { 'if-match': '"3"' })).status, 204)
    assert.equal(await plane.db.webhookDeliveries.count({ where: { webhookId: id } }), 0)
  })
})

test('an event is kept while Redis is away', async () => {
  const away = await startControlPlane()
  try {
    const { id } = await created(away.as.admin, '/webhooks', { name: 'kept', url, events: ['node_gone'] })
    assert.equal(await emitEvent(away.deps, gone), false)
    const [delivery] = (await away.as.admin('GET', `/webhooks/${id}/deliveries`)).body.items
    assert.equal(delivery.state, 'pending')
    assert.equal((await deliverWebhook(away.deps, delivery.id)).outcome, 'delivered')
    assert.equal(JSON.parse(taken[0]!.body).kind, 'node_gone')
  } finally {
    await away.stop()
  }
})

test('secrets of webhooks go along when SECRETS_KEY is exchanged', async () => {
  const other = parseSecretsKey('11'.repeat(32))!
  const hook = await add()
  const rotated = await plane.as.admin('POST', `/webhooks/${hook.id}/secret`, undefined, { 'if-match': '"1"' })
  assert.equal((await reseal(plane.db, plane.deps.secretsKey!, other)).webhooks, 1)
  try {
    await recordEvent(plane.db, gone)
    const [{ id: deliveryId }] = await deliveriesOf(hook.id)
    await gate(async () => {
      await plane.db.webhookDeliveries.update({ nextAt: new Date(0) }, { where: { id: deliveryId, state: 'pending' } })
      await deliverWebhook({ ...plane.deps, secretsKey: other }, deliveryId)
      return taken.length === 1
    })
    assert.equal(taken[0]!.headers['webhook-signature'], `${signatureOf(rotated.body.secret, taken[0]!)} ${signatureOf(hook.secret, taken[0]!)}`)
  } finally {
    await reseal(plane.db, other, plane.deps.secretsKey!)
  }
})

test('an event is recorded with its change or not at all', async () => {
  const { id } = await add()
  await assert.rejects(plane.db.sequelize.transaction(async (transaction) => {
    await recordEvent(plane.db, gone, transaction)
    throw new Error('the change failed')
  }))
  assert.deepEqual(await deliveriesOf(id), [])
})

describe('where nothing may be sent', () => {
  const FORBIDDEN = ['ftp://hooks.example/', 'http://hooks.example/', 'https://user:secret@hooks.example/', 'https://hooks.example/#part', 'http://127.0.0.1/', 'https://10.1.2.3/', 'https://169.254.169.254/latest', 'https://[::1]/', 'https://[::ffff:10.0.0.1]/', 'https://[fd00::1]/', 'https://0x7f.1/', 'https://2130706433/', 'https://[64:ff9b::a00:1]/']

  test('is known when a webhook is made', async () => {
    const strict = await startControlPlane({ webhooksPrivate: false })
    try {
      for (const forbidden of FORBIDDEN) {
        const { status: answered, body } = await strict.as.admin('POST', '/webhooks', { name: 'x', url: forbidden, events: ['publish'] })
        assert.deepEqual([answered, body.error.issues[0].path], [400, '/url'], forbidden)
      }
      assert.equal((await strict.as.admin('POST', '/webhooks', { name: 'x', url: 'https://hooks.example/', events: ['publish'] })).status, 201)
    } finally {
      await strict.stop()
    }
  })

  test('is looked at again when something is sent, also behind a name', async () => {
    for (const forbidden of FORBIDDEN) assert.equal((await postWebhook(forbidden, {}, '{}', false)).status, null, forbidden)
    const { error } = await postWebhook('https://localhost:1/', {}, '{}', false)
    assert.match(error ?? '', /has only private addresses/)
  })
})
