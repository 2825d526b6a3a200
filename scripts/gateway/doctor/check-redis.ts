import { type Finding, ok, skipped, warning, wrong } from './finding.ts'

const TIMEOUT_MS = 3_000

/**
 * Redis as REDIS_URL names it: that it evicts nothing, and, where this is the environment of a data node, that the node's
 * user may not do what only the control plane has to.
 */
export async function checkRedis(url: string | undefined, isDataNode: boolean): Promise<Finding[]> {
  if (url === undefined || url === '') return [skipped('Redis', 'REDIS_URL is not set here')]
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: TIMEOUT_MS, commandTimeout: TIMEOUT_MS, retryStrategy: () => null, maxRetriesPerRequest: 0, enableReadyCheck: false, disableClientInfo: true })
  redis.on('error', () => {})
  try {
    await redis.connect()
    await redis.ping()
    return [await policyOf(redis), ...isDataNode ? [await userOf(redis)] : []]
  } catch (error) {
    return [wrong('Redis', `cannot be used (${(error as Error).message})`, 'see REDIS_URL: address, user, password')]
  } finally {
    redis.disconnect()
  }
}

interface Commands { info(section: string): Promise<string>; call(command: string, ...args: string[]): Promise<unknown> }

async function policyOf(redis: Commands): Promise<Finding> {
  const info = await redis.info('memory').catch(() => null)
  if (info === null) return ok('Redis', 'answers; this user may not read its maxmemory-policy')
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1]
  if (policy === undefined || policy === 'noeviction') return ok('Redis', `answers, maxmemory-policy ${policy ?? 'unknown'}`)
  return wrong('Redis', `maxmemory-policy ${policy}: jobs would get lost`, 'CONFIG SET maxmemory-policy noeviction, and in redis.conf')
}

/** FLUSHALL is asked about, never sent: who may do it may do anything. */
async function userOf(redis: Commands): Promise<Finding> {
  const user = await redis.call('ACL', 'WHOAMI').catch(() => null)
  if (typeof user !== 'string') return ok('Redis user', 'a restricted one')
  const verdict = await redis.call('ACL', 'DRYRUN', user, 'FLUSHALL').catch(() => 'not allowed')
  if (verdict !== 'OK') return ok('Redis user', `${user}, a restricted one`)
  return warning('Redis user', `this data node uses "${user}", which may do anything`, 'give data nodes a user of their own: docs/OPS.md, "Redis"')
}
