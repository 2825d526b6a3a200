import { once } from 'node:events'
import fs from 'node:fs'
import { createDatabase } from '../db/database.ts'
import { createApp } from './app.ts'
import { bootstrapAdmin } from './auth/bootstrap-admin.ts'
import { createLog } from './create-log.ts'
import { readEnvOrExit } from './env.ts'
import { migrateDatabase } from './migrate-database.ts'
import type { Deps } from './deps.ts'
import { createWebServer, useTlsPair } from './http/web-server.ts'
import { createRateLimits } from './rate-limits/rate-limits.ts'
import { createLiveFeed } from './feed/live-feed.ts'
import { watchPresence } from './fleet/watch-presence.ts'
import { createCommandClient, createQueueClient } from './redis-clients.ts'
import { sealedRowsProblem } from './sealing/check-sealed-rows.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { readTlsFiles, type TlsFiles, type TlsPair, watchTlsFiles } from './tls/tls-files.ts'
import { whenDatabaseAnswers } from './when-database-answers.ts'

/** control-web: the REST API, the node API and the admin page. Stateless; any number may run. */
const env = readEnvOrExit('control-web', 'the API and the admin page of the gateway')
const log = createLog('control-web', env.logLevel)
const db = createDatabase({ url: env.databaseUrl })
const redis = createCommandClient(env.redisUrl, log)
const stopping = new AbortController()

const subscriber = createQueueClient(env.redisUrl, log)
const deps: Deps = { db, redis, log, secretsKey: env.secretsKey, probesLocal: env.probesLocal, webhooksPrivate: env.webhooksPrivate, needsApproval: env.needsApproval }
const intake = { rateLimits: createRateLimits(redis, env.rateLimits), trustedProxies: env.trustedProxies }
const feed = createLiveFeed(deps, subscriber, intake)
const app = createApp(deps, { adminDist: env.adminDist, isServing: () => !stopping.signal.aborted, ...intake })
const pair = env.tls === null ? null : tlsPairOrExit(env.tls)
const server = createWebServer(app.callback(), pair)
server.on('upgrade', feed.onUpgrade)
let presence: { stop(): void } | null = null
const certificate = env.tls === null || pair === null ? null : watchTlsFiles(env.tls, pair, log, (next) => useTlsPair(server, next))

stopOnSignal(log, 10_000, async () => {
  stopping.abort()
  presence?.stop()
  certificate?.stop()
  feed.stop()
  const closed = server.listening ? once(server, 'close') : Promise.resolve()
  server.close()
  server.closeIdleConnections()
  setTimeout(() => server.closeAllConnections(), 5_000).unref()
  await closed
  redis.disconnect()
  subscriber.disconnect()
  await db.sequelize.close()
})

const prepared = await whenDatabaseAnswers(log, stopping.signal, async () => {
  await migrateDatabase(env.databaseUrl, log)
  await bootstrapAdmin(db, { email: env.adminEmail, password: env.adminPassword, token: env.adminToken }, (email, password) => {
    process.stdout.write(`First admin: ${email}, password ${password} (shown only now)\n`)
  })
})
if (prepared) await serve()

async function serve(): Promise<void> {
  const problem = await sealedRowsProblem(db, env.secretsKey)
  if (problem !== null) {
    fs.writeSync(2, `${problem}\n`)
    process.exit(78)
  }
  const { host, port } = env.address
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    fs.writeSync(2, `CONTROL_PLANE_ADDR: cannot listen on ${host} port ${port} (${(error as Error).message}); free it or choose another\n`)
    process.exit(1)
  }
  presence = watchPresence(deps)
  warnIfOpen(host)
  log.info({ address: env.address }, 'control-web serves')
  process.send?.('ready')
}

function tlsPairOrExit(files: TlsFiles): TlsPair {
  try {
    return readTlsFiles(files)
  } catch (error) {
    fs.writeSync(2, `${(error as Error).message}\n`)
    process.exit(78)
  }
}

/** Without TLS, passwords would cross the network readable. */
function warnIfOpen(host: string): void {
  if (env.tls !== null || host.startsWith('127.') || host === '::1') return
  log.warn({ host }, 'the API is reachable from other machines without TLS: set CONTROL_PLANE_TLS_CERT and CONTROL_PLANE_TLS_KEY, put it behind TLS, or bind CONTROL_PLANE_ADDR to a loopback address')
}
