import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Redis } from 'ioredis'
import { createDatabase, type Database } from '../../db/database.ts'
import { migrate } from '../../db/migrate.ts'
import { createTestDatabase } from '../../scripts/services/test-database.ts'
import { compileIpRanges } from '../../shared/forwarding/ip-ranges.ts'
import { ROLES, type Role } from '../../shared/schema/role.ts'
import { createApp } from '../app.ts'
import { bootstrapAdmin } from '../auth/bootstrap-admin.ts'
import { createLog } from '../create-log.ts'
import type { Deps } from '../deps.ts'
import { createRateLimits, type RateLimitSettings } from '../rate-limits/rate-limits.ts'
import { parseSecretsKey, type SecretsKey } from '../sealing/secrets-key.ts'
import { createCommandClient } from '../redis-clients.ts'
import { type ApiCall, createApiClient } from './api-client.ts'
import { assertDeclared } from './assert-declared.ts'

export const ADMIN = { email: 'admin@test.example', password: 'correct horse battery' }
const ADMIN_TOKEN = 'admin-token-of-the-control-plane-under-test'

export interface ControlPlane {
  /** http://127.0.0.1:port */
  origin: string
  deps: Deps
  db: Database
  /** One client per role, below /api/v1. Every answer is held against what its endpoint declares. */
  as: Record<Role | 'anonymous', ApiCall>
  /** A client of another bearer token. */
  withToken(token: string): ApiCall
  stop(): Promise<void>
}

export interface ControlPlaneOptions {
  /** Without it, commands go to a port where nothing listens. */
  redisUrl?: string
  adminDist?: string
  queryTimeoutMs?: number
  /** None by default. */
  rateLimits?: RateLimitSettings
  /** Address ranges. None by default. */
  trustedProxies?: readonly string[]
  /** One of zeros by default; null: none. */
  secretsKey?: SecretsKey | null
  probesLocal?: boolean
  webhooksPrivate?: boolean
  needsApproval?: boolean
  /** Another way to the database than straight. */
  reachDatabase?: (url: string) => Promise<string>
}

/** The Koa application on a free port, with a database of its own. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const database = await createTestDatabase()
  const log = createLog('test', process.env['TEST_LOG_LEVEL'] ?? 'silent')
  const url = (await options.reachDatabase?.(database.url)) ?? database.url
  const db = createDatabase({ url, ...(options.queryTimeoutMs === undefined ? {} : { queryTimeoutMs: options.queryTimeoutMs }) })
  const redis = createCommandClient(options.redisUrl ?? 'redis://127.0.0.1:1', log)
  if (options.redisUrl !== undefined) await ready(redis)
  await migrate(db.sequelize)
  await bootstrapAdmin(db, { email: ADMIN.email, password: ADMIN.password, token: ADMIN_TOKEN }, () => {})
  const deps: Deps = { db, redis, log, secretsKey: options.secretsKey === undefined ? parseSecretsKey('00'.repeat(32)) : options.secretsKey, probesLocal: options.probesLocal ?? true, webhooksPrivate: options.webhooksPrivate ?? true, needsApproval: options.needsApproval ?? false }
  const server = http.createServer(createApp(deps, { adminDist: options.adminDist ?? '/nonexistent', isServing: () => true, rateLimits: options.rateLimits === undefined ? null : createRateLimits(redis, options.rateLimits), trustedProxies: compileIpRanges(options.trustedProxies ?? []) }).callback())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const withToken = (token: string) => createApiClient(`${origin}/api/v1`, { authorization: `Bearer ${token}` }, assertDeclared)
  return {
    origin,
    deps,
    db,
    as: await clientsOf(origin, withToken),
    withToken,
    async stop() {
      server.closeAllConnections()
      server.close()
      redis.disconnect()
      await db.sequelize.close()
      await database.drop()
    }
  }
}

async function ready(redis: Redis): Promise<void> {
  if (redis.status !== 'ready') await once(redis, 'ready')
}

async function clientsOf(origin: string, withToken: (token: string) => ApiCall): Promise<ControlPlane['as']> {
  const admin = withToken(ADMIN_TOKEN)
  const clients: Partial<ControlPlane['as']> = { anonymous: createApiClient(`${origin}/api/v1`, {}, assertDeclared) }
  for (const role of ROLES) {
    const { body } = await admin('POST', '/tokens', { name: `test ${role}`, role })
    clients[role] = withToken(body.token)
  }
  return clients as ControlPlane['as']
}
