import type { Logger } from 'pino'
import { connect } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'

/** A migration may take long, and may wait for the one that another process makes. */
const LONGEST_MS = 3600_000

/** Brings the database to the newest schema, on a connection of its own. */
export async function migrateDatabase(url: string, log: Logger): Promise<void> {
  const sequelize = connect({ url, poolSize: 1, queryTimeoutMs: LONGEST_MS })
  try {
    const applied = await migrate(sequelize)
    if (applied.length > 0) log.info({ applied }, 'the database was migrated')
  } finally {
    await sequelize.close()
  }
}
