import { randomBytes } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import { databaseUrl, runAlone, startPostgres } from './postgres.ts'

export interface TestDatabase {
  url: string
  /** Removes the database, also when connections to it are open. */
  drop(): Promise<void>
}

let privateServer: Promise<string> | null = null

/**
 * A new empty database for one test file. On the server of the test run (TEST_POSTGRES_URL); a file that is run
 * by hand gets a private server that ends with its process.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env.TEST_POSTGRES_URL ?? await (privateServer ??= startPrivateServer())
  const name = `test_${randomBytes(8).toString('hex')}`
  await runAlone(server, `CREATE DATABASE ${name}`)
  return {
    url: databaseUrl(server, name),
    drop: async () => {
      await runAlone(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    }
  }
}

async function startPrivateServer(): Promise<string> {
  const dataDir = path.join(os.tmpdir(), `gateway-test-postgres-${process.pid}-${randomBytes(4).toString('hex')}`)
  const server = await startPostgres({ dataDir, durable: false, temporary: true })
  server.unref()
  return server.url
}
