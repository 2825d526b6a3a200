import type { Redis } from 'ioredis'
import type { Decoded } from '../../shared/schema/issue.ts'
import { CHANNELS } from '../../shared/schema/channels.ts'
import { newsOf } from '../../shared/health/news-of.ts'
import { healthKey, TargetHealth } from '../../shared/schema/target-health.ts'
import { compileDecoder } from '../../shared/snapshot/compile-decoder.ts'

const decode: (input: unknown) => Decoded<TargetHealth> = compileDecoder(TargetHealth)

/** What is known of the upstream's targets, by their ids. What cannot be read is left out. */
export async function readHealth(redis: Redis, upstreamId: string): Promise<Map<string, TargetHealth>> {
  const known = new Map<string, TargetHealth>()
  for (const [targetId, text] of Object.entries(await redis.hgetall(healthKey(upstreamId)))) {
    const health = decodeText(text)
    if (health?.targetId === targetId && health.upstreamId === upstreamId) known.set(targetId, health)
  }
  return known
}

function decodeText(text: string): TargetHealth | null {
  try {
    const decoded = decode(JSON.parse(text))
    return decoded.ok ? decoded.value : null
  } catch {
    return null
  }
}

/** Keeps what was found until it is no longer believed, and tells the data nodes. */
export async function writeHealth(redis: Redis, health: TargetHealth): Promise<void> {
  const key = healthKey(health.upstreamId)
  const results = await redis
    .multi()
    .hset(key, health.targetId, JSON.stringify(health))
    .pexpire(key, health.validMs)
    .publish(CHANNELS.health, JSON.stringify(newsOf(health)))
    .exec()
  for (const [error] of results ?? []) if (error !== null) throw error
}

/** Forgets targets that are no longer probed. */
export async function forgetTargets(redis: Redis, upstreamId: string, targetIds: readonly string[]): Promise<void> {
  if (targetIds.length > 0) await redis.hdel(healthKey(upstreamId), ...targetIds)
}
