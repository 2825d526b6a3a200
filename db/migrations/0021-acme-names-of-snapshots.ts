import type { Sequelize, Transaction } from 'sequelize'

/** Which names of a snapshot need a certificate by ACME; null: it was published before anybody noted that. Kept apart from the content, as the certificates are. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  await sequelize.query('ALTER TABLE snapshots ADD COLUMN acme_names text[]', { transaction })
}
