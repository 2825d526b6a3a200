import type { Sequelize, Transaction } from 'sequelize'

const STATEMENTS = [
  `CREATE TABLE secrets (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  tenant_code text,
  description text,
  labels jsonb NOT NULL DEFAULT '{}',
  sealed_value text NOT NULL,
  key_id char(16) NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_by text NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
)`,
  `CREATE UNIQUE INDEX secrets_name ON secrets (lower(name)) WHERE deleted_at IS NULL`,
  `COMMENT ON TABLE secrets IS 'Values that transforms and identity providers name, sealed with SECRETS_KEY. Live: no draft, no snapshot holds them.'`,
  // Kept apart from the content, so that nobody has to read it to know which secrets a node needs.
  `ALTER TABLE snapshots ADD COLUMN secret_names text[] NOT NULL DEFAULT '{}'`
]

/** Secrets. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const statement of STATEMENTS) await sequelize.query(statement, { transaction })
}
