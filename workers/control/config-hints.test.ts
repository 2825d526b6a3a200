import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../scripts/services/redis.ts'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { CHANNELS } from '../../shared/schema/channels.ts'
import { createLog } from '../log.ts'
import { type ConfigHints, listenForHints } from './config-hints.ts'

const { log } = createLog('fatal', {})
const HINT = JSON.stringify({ epoch: '00000000-0000-7000-8000-000000000001', revision: 3 })
let redis: RedisServer
let hints: ConfigHints
let count = 0

before(async () => {
  redis = await startRedis()
  hints = listenForHints({ url: redis.url, hint: () => count++, log })
})

after(async () => {
  hints.stop()
  await redis.stop()
})

async function say(...messages: string[]): Promise<void> {
  const publisher = new Redis(redis.url)
  for (const message of messages) await publisher.publish(CHANNELS.config, message)
  publisher.disconnect()
}

test('connecting is a hint, and each message that is one; rubbish is none', async () => {
  await waitUntil(() => count === 1, { ms: 10_000, what: 'the first connection' })
  await say('rubbish', '{}', '{"epoch":"x","revision":1}', `"${'x'.repeat(100_000)}"`, HINT)
  await waitUntil(() => count > 1, { ms: 10_000, what: 'the hint' })
  assert.equal(count, 2)
})

test('a Redis that is stopped and goes on is found again within seconds', async () => {
  assert.ok(hints.isConnected)
  process.kill(redis.pid, 'SIGSTOP')
  await waitUntil(() => !hints.isConnected, { ms: 20_000, what: 'the silence to be noticed' })
  process.kill(redis.pid, 'SIGCONT')
  await waitUntil(() => hints.isConnected, { ms: 50_000, what: 'the connection' })
  const before = count
  await say(HINT)
  await waitUntil(() => count > before, { ms: 10_000, what: 'the hint' })
})
