import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from 'pino'

/** Grows to 5 s, with jitter so that many processes do not come back at once. */
function retryStrategy(attempt: number): number {
  return Math.min(5_000, 100 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random() / 2)
}

/**
 * A client for commands that may not wait: 1 s each, nothing is queued while Redis is away. A connection on which an
 * answer is overdue is dropped, or its commands would pile up as long as Redis hangs.
 */
export function createCommandClient(url: string, log: Logger): Redis {
  const limits = { commandTimeout: 1_000, connectTimeout: 1_000, socketTimeout: 2_000, enableOfflineQueue: false, maxRetriesPerRequest: 0 }
  return watched(new Redis(url, { ...limits, retryStrategy } satisfies RedisOptions), log, 'commands')
}

/**
 * A client for BullMQ, which waits for Redis as long as it takes. Who listens on one subscribes at each 'ready': ioredis
 * would do it too, and nobody handles its failure, which ends the process when the connection is closed at that moment.
 */
export function createQueueClient(url: string, log: Logger): Redis {
  return watched(new Redis(url, { maxRetriesPerRequest: null, autoResubscribe: false, retryStrategy } satisfies RedisOptions), log, 'queue')
}

/** Logs each change between reachable and not, once. */
function watched(client: Redis, log: Logger, name: string): Redis {
  let reachable = true
  client.on('error', (error) => {
    if (reachable) log.warn({ client: name, reason: error.message }, 'Redis cannot be reached; trying again')
    reachable = false
  })
  client.on('ready', () => {
    if (!reachable) log.info({ client: name }, 'Redis is back')
    reachable = true
  })
  return client
}
