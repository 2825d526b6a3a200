import type { Redis } from 'ioredis'
import { CHANNELS } from '../../shared/schema/channels.ts'
import { healthKey, type HealthNews } from '../../shared/schema/target-health.ts'
import type { Log } from '../log.ts'
import { decodeHealthNews, decodeTargetHealth } from './decode-health.ts'
import { createNodeRedis } from './node-redis.ts'

/** Messages may get lost; what Redis keeps is read again this often. */
const READ_EVERY_MS = 10_000
/** Upstreams that are read at one time. */
const AT_ONCE = 100

export interface HealthLink {
  /** Reads what Redis keeps: other upstreams are probed than before. */
  refresh(): void
  stop(): void
}

/**
 * Hears from Redis what probes found: each result as it comes, and on every (re)connect, and now and then, what is kept of
 * them. While Redis is away nothing is heard, and what was known runs out.
 */
export function listenForHealth(options: { url: string; upstreamIds(): readonly string[]; heard(news: readonly HealthNews[]): void; log: Log }): HealthLink {
  const { heard, log } = options
  let isReading = false
  const read = async (): Promise<void> => {
    if (isReading || keeper.redis.status !== 'ready') return
    isReading = true
    try {
      const ids = options.upstreamIds()
      for (let at = 0; at < ids.length; at += AT_ONCE) heard(await readKept(keeper.redis, ids.slice(at, at + AT_ONCE)))
    } catch (error) {
      log.debug({ reason: (error as Error).message }, 'what probes found cannot be read')
    } finally {
      isReading = false
    }
  }
  const keeper = createNodeRedis({ url: options.url, ready: read, away() {} })
  const subscriber = createNodeRedis({
    url: options.url,
    async ready(redis) {
      await redis.subscribe(CHANNELS.health)
      void read()
    },
    away() {}
  })
  subscriber.redis.on('message', (_channel: string, text: string) => {
    const news = decodeHealthNews(text)
    if (news === null) log.warn('a message on the channel for health is none')
    else heard([news])
  })
  const timer = setInterval(() => void read(), READ_EVERY_MS)
  return {
    refresh: () => void read(),
    stop() {
      clearInterval(timer)
      keeper.stop()
      subscriber.stop()
    }
  }
}

async function readKept(redis: Redis, upstreamIds: readonly string[]): Promise<HealthNews[]> {
  const hashes = await Promise.all(upstreamIds.map((id) => redis.hgetall(healthKey(id))))
  return hashes.flatMap((hash, index) => Object.entries(hash).flatMap(([targetId, text]) => {
    const news = decodeTargetHealth(text)
    return news !== null && news.targetId === targetId && news.upstreamId === upstreamIds[index] ? [news] : []
  }))
}
