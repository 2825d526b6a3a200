import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../scripts/services/redis.ts'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { CHANNELS } from '../../shared/schema/channels.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, patched, publishDraft, type SmallDraft } from '../testing/drafts.ts'
import { ackOf, enrolNode, heartbeatOf } from '../testing/node.ts'

let redis: RedisServer
let plane: ControlPlane
let draft: SmallDraft

before(async () => {
  redis = await startRedis()
  plane = await startControlPlane({ redisUrl: redis.url })
  draft = await createSmallDraft(plane.as.editor)
})

after(async () => {
  await plane.stop()
  await redis.stop()
})

async function publishChange() {
  await patched(plane.as.editor, `/upstreams/${draft.upstreamId}`, { description: String(Math.random()) })
  const start = performance.now()
  const answer = await publishDraft(plane.as.publisher)
  assert.equal(answer.status, 201)
  return { ...answer.body, ms: performance.now() - start }
}

const readiness = async () => (await fetch(`${plane.origin}/readyz`)).json() as Promise<{ status: string; redis: string }>

describe('with Redis there', () => {
  test('a publish is announced after it can be read, with nothing but its number', async () => {
    const subscriber = new Redis(redis.url)
    await subscriber.subscribe(CHANNELS.config)
    const message = once(subscriber, 'message')
    const { epoch, revision, announced } = await publishChange()
    assert.equal(announced, true)
    const [channel, text] = await message
    assert.equal(channel, CHANNELS.config)
    assert.deepEqual(JSON.parse(text), { epoch, revision })
    subscriber.disconnect()
  })

  test('reports of nodes are passed on to the other processes', async () => {
    const node = await enrolNode(plane, 'node-1')
    const { desired } = (await node('GET', '/node/config')).body
    const subscriber = new Redis(redis.url)
    await subscriber.subscribe(CHANNELS.nodes)
    const hints: unknown[] = []
    subscriber.on('message', (_channel, text) => hints.push(JSON.parse(text)))
    await node('POST', '/node/heartbeat', heartbeatOf(desired))
    await node('POST', '/node/ack', ackOf(desired))
    await waitUntil(() => hints.length === 2, { ms: 10_000, what: 'both hints' })
    assert.deepEqual(hints, [{ nodeId: 'node-1', kind: 'heartbeat' }, { nodeId: 'node-1', kind: 'ack' }])
    subscriber.disconnect()
  })
})

describe('with Redis away', () => {
  test('hanging, a publish succeeds within the limit of a command; the service stays ready', async () => {
    process.kill(redis.pid, 'SIGSTOP')
    const { announced, ms } = await publishChange()
    assert.equal(announced, false)
    assert.ok(ms < 10_000, `${ms} ms`)
    const { status, redis: state } = await readiness()
    assert.deepEqual([status, state], ['degraded', 'unreachable'])
    process.kill(redis.pid, 'SIGCONT')
    await waitUntil(async () => (await readiness()).status === 'ok', { ms: 50_000, what: 'Redis to be found again' })
    assert.equal((await publishChange()).announced, true)
  })

  test('dead, a publish succeeds at once, and is announced again when another Redis is there', async () => {
    await redis.stop()
    const { announced, ms } = await publishChange()
    assert.equal(announced, false)
    assert.ok(ms < 5_000, `${ms} ms`)
    redis = await startRedis({ port: redis.port })
    await waitUntil(async () => (await readiness()).status === 'ok', { ms: 50_000, what: 'Redis to be found again' })
    assert.equal((await publishChange()).announced, true)
  })
})
