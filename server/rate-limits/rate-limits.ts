import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Actor } from '../auth/actor.ts'
import { AppError } from '../http/app-error.ts'
import { addressBlock } from './address-block.ts'

/** Requests per minute; 0: not limited. */
export interface RateLimitSettings {
  /** Of one person or API token. */
  actor: number
  /** Of one address, for those who have not shown who they are. */
  anonymous: number
  /** Of one data node. */
  node: number
}

/** Counts a request. @returns headers that tell how many are left. @throws AppError rate_limited with Retry-After */
export type RateLimits = (actor: Actor, clientAddress: string) => Promise<Record<string, string>>

const WINDOW_SECONDS = 60
const PREFIX = 'gateway:rate'

/**
 * The limits of the API, counted in Redis for all control-web processes together, and in each of them for itself while
 * Redis is away. Who is over the limit is refused without asking Redis until the minute is over.
 */
export function createRateLimits(redis: Redis, settings: RateLimitSettings): RateLimits {
  const limiters = {
    actor: createLimiter(redis, 'actor', settings.actor),
    anonymous: createLimiter(redis, 'anonymous', settings.anonymous),
    node: createLimiter(redis, 'node', settings.node)
  }
  return async (actor, clientAddress) => {
    const { policy, key } = whoIs(actor, clientAddress)
    const limiter = limiters[policy]
    if (limiter === null) return {}
    const headers = (left: RateLimiterRes) => ({
      'ratelimit-policy': `"${policy}";q=${limiter.points};w=${WINDOW_SECONDS}`,
      ratelimit: `"${policy}";r=${Math.max(0, left.remainingPoints)};t=${secondsOf(left)}`
    })
    try {
      return headers(await limiter.consume(key))
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      const seconds = secondsOf(refused)
      throw new AppError('rate_limited', {
        message: `More than ${limiter.points} requests in ${WINDOW_SECONDS} s; try again in ${seconds} s.`,
        headers: { ...headers(refused), 'retry-after': String(seconds) }
      })
    }
  }
}

function whoIs(actor: Actor, clientAddress: string): { policy: keyof RateLimitSettings; key: string } {
  switch (actor.kind) {
    case 'anonymous':
      return { policy: 'anonymous', key: addressBlock(clientAddress) }
    case 'node':
      return { policy: 'node', key: actor.id }
    default:
      return { policy: 'actor', key: `${actor.kind}:${actor.id}` }
  }
}

function createLimiter(redis: Redis, name: string, points: number): RateLimiterRedis | null {
  if (points === 0) return null
  const common = { keyPrefix: `${PREFIX}:${name}`, points, duration: WINDOW_SECONDS }
  return new RateLimiterRedis({
    ...common,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    inMemoryBlockOnConsumed: points + 1,
    insuranceLimiter: new RateLimiterMemory(common)
  })
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000))
}
