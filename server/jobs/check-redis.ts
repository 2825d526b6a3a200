import type { Redis } from 'ioredis'

/** Why this Redis must not hold jobs, or null. A Redis that evicts keys would lose them silently. */
export async function redisProblem(redis: Redis): Promise<string | null> {
  const info = await redis.info('memory')
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1]
  if (policy === undefined || policy === 'noeviction') return null
  return `Redis has maxmemory-policy ${policy}; set it to noeviction, or jobs get lost`
}
