import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { AppError } from '../http/app-error.ts'

/** The queues that control-jobs works on. */
export const QUEUE_NAMES = ['acme', 'housekeeping', 'probes', 'webhooks'] as const
export type QueueName = (typeof QUEUE_NAMES)[number]

/** Longest wait for Redis, for all that one request asks of it. */
const MOST_MS = 5_000

/** One set for each connection; they hold nothing but the connection. */
const opened = new WeakMap<Redis, ReadonlyMap<QueueName, Queue>>()

/**
 * Asks the queues something, while Redis answers.
 * @throws AppError redis_unavailable
 */
export async function askQueues<T>(redis: Redis, work: (queueOf: (name: QueueName) => Queue) => Promise<T>): Promise<T> {
  if (redis.status !== 'ready') throw new AppError('redis_unavailable')
  const queues = opened.get(redis) ?? openQueues(redis)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError('redis_unavailable')), MOST_MS)
  })
  try {
    return await Promise.race([work((name) => queues.get(name)!), late])
  } catch (error) {
    if (error instanceof AppError || !isOfRedis(error, redis)) throw error
    throw new AppError('redis_unavailable')
  } finally {
    clearTimeout(timer)
  }
}

function openQueues(redis: Redis): ReadonlyMap<QueueName, Queue> {
  const queues = new Map(QUEUE_NAMES.map((name) => {
    const queue = new Queue(name, { connection: redis, skipMetasUpdate: true, skipVersionCheck: true, skipWaitingForReady: true })
    queue.on('error', () => {})
    return [name, queue]
  }))
  opened.set(redis, queues)
  return queues
}

function isOfRedis(error: unknown, redis: Redis): boolean {
  return redis.status !== 'ready' || /timed out|Connection is closed|writeable/i.test((error as Error).message)
}
