import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { Redis } from 'ioredis'
import Value from 'typebox/value'
import { type RedisServer, startRedis } from '../../scripts/services/redis.ts'
import { CHANNELS } from '../../shared/schema/channels.ts'
import { GatewayEvent } from '../../shared/schema/event.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { emitEvent, MOST_EVENT_BYTES } from './emit-event.ts'

const sha256 = 'a'.repeat(64)
const epoch = '01890000-0000-7000-8000-000000000000'
const event: GatewayEvent = { kind: 'publish', at: '2026-11-23T10:00:00.000Z', data: { epoch, revision: 3, sha256, by: 'ann@example.org', note: 'why' } }

let redis: RedisServer
let plane: ControlPlane

before(async () => {
  redis = await startRedis()
  plane = await startControlPlane({ redisUrl: redis.url })
})

after(async () => {
  await plane.stop()
  await redis.stop()
})

describe('an event', () => {
  test('comes to whoever listens, as it was told and as its schema says', async () => {
    const subscriber = new Redis(redis.url)
    await subscriber.subscribe(CHANNELS.events)
    const message = once(subscriber, 'message')
    assert.equal(await emitEvent(plane.deps, event), true)
    const [, text] = await message
    assert.deepEqual(JSON.parse(text), event)
    assert.ok(Value.Check(GatewayEvent, JSON.parse(text)))
    subscriber.disconnect()
  })

  test('that is too large is not sent', async () => {
    const large = { ...event, data: { ...event.data, note: 'x'.repeat(MOST_EVENT_BYTES) } } as GatewayEvent
    assert.equal(await emitEvent(plane.deps, large), false)
  })

  test('is lost without harm while Redis is away', async () => {
    await redis.stop()
    assert.equal(await emitEvent(plane.deps, event), false)
  })
})
