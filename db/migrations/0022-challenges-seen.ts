import type { Sequelize, Transaction } from 'sequelize'

const STATEMENTS = [
  // Where control-jobs may look whether a node answers.
  'ALTER TABLE nodes ADD COLUMN address text',
  'ALTER TABLE acme_names ADD COLUMN self_check text'
]

/** Where a node's heartbeats come from, and what was seen of an answer to a certificate authority before that was told to look. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const statement of STATEMENTS) await sequelize.query(statement, { transaction })
}
