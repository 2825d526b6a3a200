import { once } from 'node:events'
import http from 'node:http'
import { createDatabase } from '../db/database.ts'
import { createApp } from './app.ts'
import { bootstrapAdmin } from './auth/bootstrap-admin.ts'
import { createLog } from './create-log.ts'
import { readEnvOrExit } from './env.ts'
import { createCommandClient } from './redis-clients.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { waitForDatabase } from './wait-for-database.ts'

/** control-web: the REST API, the node API and the admin page. Stateless; any number may run. */
const env = readEnvOrExit('control-web', 'the API and the admin page of the gateway')
const log = createLog('control-web', env.logLevel)
const db = createDatabase({ url: env.databaseUrl })
const redis = createCommandClient(env.redisUrl, log)
let serving = true

const app = createApp({ db, redis, log }, { adminDist: env.adminDist, isServing: () => serving })
const server = http.createServer({ requestTimeout: 60_000, headersTimeout: 15_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384 }, app.callback())
server.maxConnections = 2_000

stopOnSignal(log, 10_000, async () => {
  serving = false
  const closed = server.listening ? once(server, 'close') : Promise.resolve()
  server.close()
  server.closeIdleConnections()
  setTimeout(() => server.closeAllConnections(), 5_000).unref()
  await closed
  redis.disconnect()
  await db.sequelize.close()
})

await waitForDatabase(db, log, () => !serving)
await bootstrapAdmin(db, { email: env.adminEmail, password: env.adminPassword, token: env.adminToken }, (email, password) => {
  process.stdout.write(`First admin: ${email}, password ${password} (shown only now)\n`)
})
server.listen(env.address.port, env.address.host)
await once(server, 'listening')
warnIfOpen(env.address.host)
log.info({ address: env.address }, 'control-web serves')
process.send?.('ready')

/** Without TLS, passwords would cross the network readable. */
function warnIfOpen(host: string): void {
  if (host.startsWith('127.') || host === '::1') return
  log.warn({ host }, 'the API is reachable from other machines without TLS: put it behind TLS or bind CONTROL_PLANE_ADDR to a loopback address')
}
