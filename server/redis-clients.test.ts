import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { startRedis } from '../scripts/services/redis.ts'
import { createLog } from './create-log.ts'
import { createQueueClient } from './redis-clients.ts'
import { startTcpGate } from './testing/tcp-gate.ts'

test('who listened to Redis may stop at the moment when Redis is back', async () => {
  const rejections: unknown[] = []
  const note = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', note)
  const redis = await startRedis()
  const gate = await startTcpGate({ host: '127.0.0.1', port: redis.port })
  const client = createQueueClient(`redis://127.0.0.1:${gate.port}`, createLog('test', 'silent'))
  try {
    await client.subscribe('news')
    const hasGone = once(client, 'close')
    await gate.set('shut')
    await hasGone
    const hasEnded = once(client, 'end')
    client.once('ready', () => {
      // Before anything that was said to Redis at this moment can be answered.
      void gate.set('shut')
      client.disconnect()
    })
    await gate.set('open')
    await hasEnded
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(rejections, [])
  } finally {
    process.off('unhandledRejection', note)
    client.disconnect()
    await gate.stop()
    await redis.stop()
  }
})
