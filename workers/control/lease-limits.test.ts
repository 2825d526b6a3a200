import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../scripts/services/redis.ts'
import type { LeaseAnswer } from '../policies/limits/lease.ts'
import type { LimitTerms } from '../policies/limits/limit-terms.ts'
import { createLeaser } from './lease-limits.ts'

const bucket = (limit: number, windowMs: number): LimitTerms => ({ isBucket: true, limit, windowMs, burst: limit })
const sliding = (limit: number, windowMs: number): LimitTerms => ({ isBucket: false, limit, windowMs, burst: limit })

let server: RedisServer
let redis: Redis
let lease: ReturnType<typeof createLeaser>
let nextKey = 0

before(async () => {
  server = await startRedis()
  redis = new Redis(server.url)
  await once(redis, 'ready')
  lease = createLeaser(() => redis)
})

after(async () => {
  redis.disconnect()
  await server.stop()
})

const newKey = () => `gateway:limit:${nextKey++}`

async function ask(key: string, terms: LimitTerms, wanted: number): Promise<LeaseAnswer> {
  const [answer] = await lease([{ ask: 1, key, terms, wanted }])
  return answer!
}

describe('time that Redis counts by', () => {
  for (const [name, terms] of [['a token bucket', bucket(60, 60_000)], ['a sliding window', sliding(60, 60_000)]] as const) {
    test(`gives ${name} nothing when its clock is set back`, async () => {
      const key = newKey()
      assert.equal((await ask(key, terms, 100)).granted, 60)
      // Where the clock was ahead by as much when they were taken.
      await redis.hincrby(key, 'a', 50_000)
      const ahead = await redis.hget(key, 'a')
      assert.equal((await ask(key, terms, 100)).granted, 0)
      assert.equal(await redis.hget(key, 'a'), ahead)
    })

    test(`does not stand still for ${name} until a wrong time comes`, async () => {
      const key = newKey()
      assert.equal((await ask(key, terms, 100)).granted, 60)
      await redis.hincrby(key, 'a', 10 * 24 * 3_600_000)
      assert.equal((await ask(key, terms, 100)).granted, 0)
      const ahead = Number(await redis.hget(key, 'a')) - Date.now()
      assert.ok(ahead > 55_000 && ahead < 65_000, `${ahead} ms`)
    })
  }

  test('goes on when the policy gets a window of another length', async () => {
    for (const [first, second] of [[60_000, 3_600_000], [3_600_000, 60_000]] as const) {
      const key = newKey()
      assert.equal((await ask(key, sliding(5, first), 10)).granted, 5)
      assert.equal((await ask(key, sliding(5, second), 10)).granted, 0, `${first} to ${second}`)
    }
  })
})

test('a refusal says when there is one more, and then there is', async () => {
  for (const terms of [bucket(4, 2_000), sliding(2, 1_000), sliding(8, 1_000)]) {
    const key = newKey()
    for (let round = 0; round < 2; round++) {
      while ((await ask(key, terms, 100)).granted > 0);
      const asked = performance.now()
      const { retryMs } = await ask(key, terms, 100)
      const refused = performance.now()
      let sent = 0
      let lastRefused = 0
      for (let granted = 0; granted === 0; lastRefused = granted === 0 ? sent : lastRefused) {
        await sleep(10)
        sent = performance.now()
        granted = (await ask(key, terms, 1)).granted
      }
      const which = `${JSON.stringify(terms)}, ${retryMs} ms`
      assert.ok(performance.now() >= asked + retryMs - 3, `not sooner: ${which}`)
      assert.ok(lastRefused <= refused + retryMs, `not later: ${which}`)
    }
  }
})

describe('more batches than may wait', () => {
  const flood = (count: number) => Array.from({ length: count }, () => ask(newKey(), bucket(5, 60_000), 1))
  const told = async (answers: Promise<LeaseAnswer>[]) => (await Promise.all(answers)).map(({ isDown, isOverloaded }) => (isDown ? 'down' : isOverloaded ? 'overloaded' : 'given'))

  test('are overload where Redis answers', async () => {
    assert.deepEqual(await told(flood(70)), [...Array.from({ length: 64 }, () => 'given'), ...Array.from({ length: 6 }, () => 'overloaded')])
    assert.deepEqual(await told(flood(1)), ['given'])
  })

  test('are without Redis where it says nothing', async () => {
    process.kill(server.pid, 'SIGSTOP')
    const waiting = flood(64)
    try {
      assert.deepEqual(await told(flood(1)), ['overloaded'])
      await sleep(350)
      assert.deepEqual(await told(flood(1)), ['down'])
    } finally {
      process.kill(server.pid, 'SIGCONT')
    }
    assert.deepEqual([...new Set(await told(waiting))], ['given'])
  })

  test('without a connection are without Redis too', async () => {
    const [answer] = await createLeaser(() => null)([{ ask: 1, key: newKey(), terms: bucket(5, 60_000), wanted: 1 }])
    assert.equal(answer?.isDown, true)
  })
})
