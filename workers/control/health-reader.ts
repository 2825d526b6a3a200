import type { Redis } from 'ioredis'
import { healthKey, type HealthNews } from '../../shared/schema/target-health.ts'
import type { Log } from '../log.ts'
import { decodeHealthNews, decodeTargetHealth } from './decode-health.ts'

/** Messages may get lost; what Redis keeps is read again this often. */
const READ_EVERY_MS = 10_000
/** Upstreams that are read at one time. */
const AT_ONCE = 100

export interface HealthReader {
  /** A message of CHANNELS.health. */
  onMessage(text: string): void
  /** Reads what Redis keeps: after a (re)connect, and when other upstreams are probed than before. */
  read(): void
  stop(): void
}

/** Hears what probes found: each result as it comes, and now and then what is kept of them. While Redis is away nothing is heard, and what was known runs out. */
export function createHealthReader(options: { redis(): Redis; upstreamIds(): readonly string[]; heard(news: readonly HealthNews[]): void; log: Log }): HealthReader {
  const { heard, log } = options
  let isReading = false
  const read = async (): Promise<void> => {
    const redis = options.redis()
    if (isReading || redis.status !== 'ready') return
    isReading = true
    try {
      const ids = options.upstreamIds()
      for (let at = 0; at < ids.length; at += AT_ONCE) heard(await readKept(redis, ids.slice(at, at + AT_ONCE)))
    } catch (error) {
      log.debug({ reason: (error as Error).message }, 'what probes found cannot be read')
    } finally {
      isReading = false
    }
  }
  const timer = setInterval(() => void read(), READ_EVERY_MS)
  return {
    onMessage(text) {
      const news = decodeHealthNews(text)
      if (news === null) log.warn('a message on the channel for health is none')
      else heard([news])
    },
    read: () => void read(),
    stop: () => clearInterval(timer)
  }
}

async function readKept(redis: Redis, upstreamIds: readonly string[]): Promise<HealthNews[]> {
  const hashes = await Promise.all(upstreamIds.map((id) => redis.hgetall(healthKey(id))))
  return hashes.flatMap((hash, index) => Object.entries(hash).flatMap(([targetId, text]) => {
    const news = decodeTargetHealth(text)
    return news !== null && news.targetId === targetId && news.upstreamId === upstreamIds[index] ? [news] : []
  }))
}
