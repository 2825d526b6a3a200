import { Redis } from 'ioredis'

const CONNECT_TIMEOUT_MS = 3_000
const LONGEST_RECONNECT_MS = 4_000
const PING_EVERY_MS = 3_000
const PING_TIMEOUT_MS = 1_000

/** A Redis that may be away at any time. */
export interface NodeRedis {
  readonly redis: Redis
  stop(): void
}

/**
 * A connection to Redis that is made again whenever it is lost, with jitter; also when Redis falls silent without closing it.
 * Nothing is queued while it is away. `ready` is called on every (re)connect; when it rejects, the connection is made anew.
 */
export function createNodeRedis(options: { url: string; ready(redis: Redis): Promise<void>; away(error: Error): void }): NodeRedis {
  const redis = new Redis(options.url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    disableClientInfo: true,
    retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 6), LONGEST_RECONNECT_MS) * (0.5 + Math.random() / 2)
  })
  let connectedAt = 0
  redis.on('connect', () => {
    connectedAt = performance.now()
  })
  redis.on('ready', () => void options.ready(redis).catch(() => redis.disconnect(true)))
  redis.on('error', (error) => options.away(error))
  // A connection that was cut without a word looks open for minutes.
  const pulse = setInterval(() => {
    if (redis.status === 'ready') void checkPulse(redis)
    // Accepted, and then not a word: a Redis that was stopped, or something else behind that port.
    else if (redis.status === 'connect' && performance.now() - connectedAt > CONNECT_TIMEOUT_MS) redis.disconnect(true)
  }, PING_EVERY_MS)
  redis.connect().catch(() => {})
  return {
    redis,
    stop() {
      clearInterval(pulse)
      redis.disconnect()
    }
  }
}

async function checkPulse(redis: Redis): Promise<void> {
  const timer = setTimeout(() => redis.disconnect(true), PING_TIMEOUT_MS)
  await redis.ping().catch(() => redis.disconnect(true))
  clearTimeout(timer)
}
