import { QueryTypes, type Sequelize, type Transaction } from 'sequelize'
import type { UmzugStorage } from 'umzug'

/** Remembers applied migrations in the transaction that applies them. */
export function createMigrationStorage(sequelize: Sequelize, transaction: Transaction): UmzugStorage {
  return {
    async executed() {
      await sequelize.query('CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())', { transaction })
      const rows = await sequelize.query<{ name: string }>('SELECT name FROM migrations ORDER BY name', { type: QueryTypes.SELECT, transaction })
      return rows.map((row) => row.name)
    },
    async logMigration({ name }) {
      await sequelize.query('INSERT INTO migrations (name) VALUES ($1)', { bind: [name], transaction })
    },
    async unlogMigration({ name }) {
      await sequelize.query('DELETE FROM migrations WHERE name = $1', { bind: [name], transaction })
    }
  }
}
