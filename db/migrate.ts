import type { Sequelize } from 'sequelize'
import { Umzug } from 'umzug'
import { up as initial } from './migrations/0001-initial.ts'
import { up as auditAppendOnly } from './migrations/0002-audit-append-only.ts'
import { up as certificates } from './migrations/0003-certificates.ts'
import { up as providers } from './migrations/0004-providers.ts'
import { createMigrationStorage } from './migration-storage.ts'

/** Takes part in every start; the number is the lock's name in Postgres and must never change. */
const ADVISORY_LOCK = 7_205_759_403

const migrations = [
  { name: '0001-initial', up: initial },
  { name: '0002-audit-append-only', up: auditAppendOnly },
  { name: '0003-certificates', up: certificates },
  { name: '0004-providers', up: providers }
]

/**
 * Brings the database to the newest schema. Several processes may call it at once: one migrates, the others wait.
 * `to` names the last one to apply; every one by default.
 * @returns the names of the migrations that were applied.
 */
export async function migrate(sequelize: Sequelize, to?: string): Promise<string[]> {
  return sequelize.transaction(async (transaction) => {
    await sequelize.query('SELECT pg_advisory_xact_lock($1)', { bind: [ADVISORY_LOCK], transaction })
    const umzug = new Umzug({
      migrations: migrations.map(({ name, up }) => ({ name, up: () => up(sequelize, transaction) })),
      storage: createMigrationStorage(sequelize, transaction),
      logger: undefined
    })
    const applied = await umzug.up(to === undefined ? {} : { to })
    return applied.map(({ name }) => name)
  })
}
