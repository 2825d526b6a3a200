import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type RedisServer, startRedis } from '../../scripts/services/redis.ts'
import { createCommandClient } from '../redis-clients.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { enrolNode } from '../testing/node.ts'
import { addressBlock } from './address-block.ts'
import { createRateLimits } from './rate-limits.ts'

const LIMITS = { actor: 20, anonymous: 5, node: 8 }

let redis: RedisServer
let plane: ControlPlane

before(async () => {
  redis = await startRedis()
  plane = await startControlPlane({ redisUrl: redis.url, rateLimits: LIMITS })
})

after(async () => {
  await plane.stop()
  await redis.stop()
})

describe('requests of one minute', () => {
  test('are counted by token, and told', async () => {
    const first = await plane.as.viewer('GET', '/session')
    assert.equal(first.headers.get('ratelimit-policy'), '"actor";q=20;w=60')
    assert.match(first.headers.get('ratelimit') ?? '', /^"actor";r=19;t=\d+$/)
    for (let count = 1; count < LIMITS.actor; count++) await plane.as.viewer('GET', '/routes')
    const refused = await plane.as.viewer('GET', '/routes')
    assert.deepEqual([refused.status, refused.body.error.code], [429, 'rate_limited'])
    const wait = Number(refused.headers.get('retry-after'))
    assert.ok(wait >= 1 && wait <= 60)
    assert.match(refused.headers.get('ratelimit') ?? '', /^"actor";r=0;t=\d+$/)
    assert.equal((await plane.as.editor('GET', '/routes')).status, 200)
  })

  test('are counted by address for those who have not signed in, wrong tokens too', async () => {
    for (let count = 0; count < LIMITS.anonymous; count++) assert.equal((await plane.withToken(`gwt_wrong-token-${count}`)('GET', '/routes')).status, 401)
    assert.equal((await plane.as.anonymous('GET', '/openapi.json')).status, 429)
    assert.equal((await plane.as.editor('GET', '/routes')).status, 200)
  })

  test('are counted by node in a bound of their own', async () => {
    const node = await enrolNode(plane, 'limited')
    const statuses: number[] = []
    for (let count = 0; count <= LIMITS.node; count++) statuses.push((await node('GET', '/node/config')).status)
    assert.equal(statuses.indexOf(429) > 0, true, String(statuses))
  })

  test('are counted for all processes together, and by each for itself while Redis is away', async () => {
    const clients = [createCommandClient(redis.url, plane.deps.log), createCommandClient(redis.url, plane.deps.log)]
    await Promise.all(clients.map((client) => new Promise((resolve) => client.once('ready', resolve))))
    const [one, other] = clients.map((client) => createRateLimits(client, LIMITS))
    const somebody = { kind: 'token', id: 'shared', name: 'shared', role: 'viewer', tenants: null, ownerId: null } as const
    for (let count = 0; count < LIMITS.actor; count++) await (count % 2 === 0 ? one! : other!)(somebody, '')
    await assert.rejects(one!(somebody, ''), { code: 'rate_limited' })
    await assert.rejects(other!(somebody, ''), { code: 'rate_limited' })
    await redis.stop()
    const another = { ...somebody, id: 'another' }
    for (let count = 0; count < LIMITS.actor; count++) await one!(another, '')
    await assert.rejects(one!(another, ''), { code: 'rate_limited' })
    await other!(another, '')
    for (const client of clients) client.disconnect()
  })
})

test('an address is counted by the block that one client has', () => {
  assert.equal(addressBlock('192.0.2.7'), '192.0.2.7')
  assert.equal(addressBlock('::ffff:192.0.2.7'), '192.0.2.7')
  for (const same of ['2001:db8:0:1::5', '2001:db8:0:1:a:b:c:d', '2001:0db8:0000:0001::', '2001:db8::1:1:2:3:4']) assert.equal(addressBlock(same), '2001:db8:0:1::/64', same)
  assert.equal(addressBlock('::1'), '0:0:0:0::/64')
  assert.equal(addressBlock('fe80::1%eth0'), 'fe80:0:0:0::/64')
  assert.equal(addressBlock(''), '')
})
