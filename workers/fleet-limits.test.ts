import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RedisServer, startRedis } from '../scripts/services/redis.ts'
import { createLeaser } from './control/lease-limits.ts'
import { createNodeRedis, type NodeRedis } from './control/node-redis.ts'
import { type EngineUnderTest, startEngine } from './testing/engine-under-test.ts'
import { connectRaw } from './testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from './testing/scripted-origin.ts'

let redis: RedisServer
let links: NodeRedis[]
let nodes: EngineUnderTest[]
let origin: ScriptedOrigin
let asked = 0
let nextId = 900

before(async () => {
  redis = await startRedis()
  origin = await startScriptedOrigin(answering(ok('x')))
})

after(async () => {
  await origin.stop()
  await redis.stop()
})

/** Two nodes, each with a memory and a connection of its own. */
beforeEach(async (context) => {
  links = [0, 1].map(() => createNodeRedis({ url: redis.url, ready: () => Promise.resolve(), away() {} }))
  nodes = await Promise.all(links.map((link) => {
    const lease = createLeaser(() => link.redis)
    return startEngine({ targets: [origin.url] }, { lease: (asks) => (asked++, lease(asks)) })
  }))
  for (const link of links) await until('Redis is connected', () => link.redis.status === 'ready')
  ;(context as { after(stop: () => Promise<void>): void }).after(async () => {
    for (const node of nodes) await node.stop()
    for (const link of links) link.stop()
  })
})

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; !await holds(); await sleep(20)) if (Date.now() > end) throw new Error(`not within 10 s: ${what}`)
}

function use(rateLimiter: object): void {
  const policy = { id: `00000000-0000-7000-8000-000000000${++nextId}`, name: 'often', rateLimiter: { scope: 'fleet', ...rateLimiter } }
  for (const node of nodes) node.apply({ targets: [origin.url], policies: [policy], route: { rateLimiterPolicy: 'often' } })
}

async function status({ port }: EngineUnderTest): Promise<number> {
  const client = await connectRaw(port)
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const response = await client.response()
  client.destroy()
  return response.status
}

/** Sends `count` requests to the nodes in turn, `atOnce` at a time on each; gives how many were let through. */
async function allowed(count: number, atOnce = 1, some = nodes): Promise<number> {
  let left = count
  let through = 0
  await Promise.all(some.flatMap(({ port }) => Array.from({ length: atOnce }, async () => {
    const client = await connectRaw(port)
    while (left-- > 0) {
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      const { status } = await client.response()
      assert.ok(status === 200 || status === 429, String(status))
      if (status === 200) through++
    }
    client.destroy()
  })))
  return through
}

for (const algorithm of ['tokenBucket', 'slidingWindow']) {
  test(`${algorithm}: two nodes together never let more through than the limit, and hardly less`, async () => {
    for (const [limit, atOnce] of [[1, 1], [20, 1], [20, 8], [300, 8]] as const) {
      use({ algorithm, limit, windowSeconds: 3600 })
      const through = await allowed(limit * 2 + 20, atOnce)
      assert.ok(through <= limit, `${through} of ${limit}`)
      assert.ok(through >= limit - 2 * Math.max(1, Math.min(64, limit / 10)), `${through} of ${limit}`)
    }
  })
}

test('a busy key costs few round trips', async () => {
  use({ limit: 100_000, windowSeconds: 60 })
  asked = 0
  assert.equal(await allowed(1_000), 1_000)
  assert.ok(asked < 150, `${asked} questions for 1000 requests`)
})

test('requests that come together wait together, and all of them are served', async () => {
  use({ limit: 1_000, windowSeconds: 60 })
  asked = 0
  assert.equal(await allowed(100, 50), 100)
  assert.ok(asked < 60, `${asked} questions`)
})

test('Redis killed: what the policy says, within a second; and back again, it counts for all', async () => {
  use({ limit: 20, windowSeconds: 3600, onRedisDown: 'local' })
  assert.equal(await allowed(10), 10)
  const { port } = redis
  process.kill(redis.pid, 'SIGKILL')
  await redis.exited
  const begin = performance.now()
  const through = await allowed(100)
  assert.ok(through <= 2 * 20 + 10 && through >= 20, `${through} with each node by itself`)
  assert.ok(performance.now() - begin < 10_000)
  redis = await startRedis({ port })
  for (const link of links) await until('Redis is connected again', () => link.redis.status === 'ready')
  use({ limit: 20, windowSeconds: 3600, onRedisDown: 'deny' })
  // A node that had no answer asks no more for a moment. What it lets through then was counted by Redis.
  for (const node of nodes) await until('Redis is asked again', async () => (await status(node)) === 200)
  const after = nodes.length + await allowed(60)
  assert.ok(after <= 20 && after >= 16, `${after} of 20`)
})

test('Redis that says nothing holds nobody up for long', async () => {
  use({ limit: 5, windowSeconds: 3600, onRedisDown: 'allow' })
  process.kill(redis.pid, 'SIGSTOP')
  const begin = performance.now()
  const through = await allowed(40).finally(() => process.kill(redis.pid, 'SIGCONT'))
  assert.equal(through, 40)
  assert.ok(performance.now() - begin < 5_000, `${performance.now() - begin} ms`)
})
