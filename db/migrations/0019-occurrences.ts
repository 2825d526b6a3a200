import type { Sequelize, Transaction } from 'sequelize'

const STATEMENTS = [
  `CREATE TABLE occurrences (
  kind text NOT NULL,
  subject text NOT NULL,
  since timestamptz NOT NULL,
  PRIMARY KEY (kind, subject)
)`,
  `COMMENT ON TABLE occurrences IS 'What housekeeping found and told of, such as a node that is gone, for as long as it lasts: each is an event once.'`
]

/** What was found and told of. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const statement of STATEMENTS) await sequelize.query(statement, { transaction })
}
