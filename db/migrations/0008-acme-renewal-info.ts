import type { Sequelize, Transaction } from 'sequelize'

/** When the authority is asked next how soon it wants a certificate renewed. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  await sequelize.query('ALTER TABLE acme_names ADD COLUMN info_at timestamptz', { transaction })
}
