import type { Sequelize, Transaction } from 'sequelize'

const STATEMENTS = ['users', 'api_tokens'].flatMap((table) => [
  `ALTER TABLE ${table} ADD COLUMN tenants text[]`,
  // Who decides for everybody cannot be kept within some tenants.
  `ALTER TABLE ${table} ADD CONSTRAINT ${table}_tenants CHECK (tenants IS NULL OR (cardinality(tenants) BETWEEN 1 AND 100 AND role <> 'admin'))`,
  `COMMENT ON COLUMN ${table}.tenants IS 'The tenant codes it is kept within; null: not limited.'`
])

/** Tenant scope of people and API tokens. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const statement of STATEMENTS) await sequelize.query(statement, { transaction })
}
