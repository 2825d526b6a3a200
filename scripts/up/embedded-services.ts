import path from 'node:path'
import { freePort } from '../services/free-port.ts'
import { startPostgres } from '../services/postgres.ts'
import { startRedis } from '../services/redis.ts'
import type { ServiceSpec } from './supervise.ts'

export interface EmbeddedService {
  spec: ServiceSpec
  /** Set once it has started. */
  url(): string
}

const LOUD = /\b(FATAL|PANIC):/

/** PostgreSQL with its data in DATA_DIR/postgres and the database `gateway`. */
export async function embeddedPostgres(dataDir: string, log: (line: string) => void): Promise<EmbeddedService> {
  // The same port after a restart: the others hold its URL.
  const port = await freePort()
  let url = ''
  return {
    url: () => url,
    spec: {
      name: 'postgres',
      start: async (started) => {
        const wanted = path.join(dataDir, 'postgres')
        const server = await startPostgres({ dataDir: wanted, port, log: (line) => LOUD.test(line) && log(line) })
        if (server.dataDir !== wanted) log(`the database is kept in ${server.dataDir}: PostgreSQL does not run as root, and its user cannot reach ${dataDir}`)
        started({ exited: server.exited.then(() => 'by itself'), stop: (force) => server.stop(force) })
        url = await server.ensureDatabase('gateway')
      }
    }
  }
}

/** Redis with its data in DATA_DIR/redis. */
export async function embeddedRedis(dataDir: string): Promise<EmbeddedService> {
  const port = await freePort()
  return {
    url: () => `redis://127.0.0.1:${port}`,
    spec: {
      name: 'redis',
      start: async (started) => {
        const server = await startRedis({ port, dataDir: path.join(dataDir, 'redis') })
        started({ exited: server.exited.then(() => 'by itself'), stop: () => server.stop() })
      }
    }
  }
}
