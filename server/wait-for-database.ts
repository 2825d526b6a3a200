import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { mapError } from './http/map-error.ts'

const LONGEST_WAIT_MS = 5_000

/** Migrates as soon as the database answers; waits for it as long as it takes, saying so. Other errors are thrown. */
export async function waitForDatabase(db: Database, log: Logger, isStopping: () => boolean): Promise<void> {
  for (let wait = 250; !isStopping(); wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
    try {
      const applied = await migrate(db.sequelize)
      if (applied.length > 0) log.info({ applied }, 'the database was migrated')
      return
    } catch (error) {
      if (mapError(error).code !== 'database_unavailable') throw error
      log.warn({ reason: (error as Error).message }, 'the database cannot be reached; trying again')
      await delay(wait)
    }
  }
}
