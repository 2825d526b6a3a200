import type { Sequelize, Transaction } from 'sequelize'

const policies = `
CREATE TABLE policies (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  enabled boolean NOT NULL,
  tenant_code text,
  spec jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_by text NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE UNIQUE INDEX policies_name ON policies (coalesce(tenant_code, ''), lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX policies_updated ON policies (updated_at);
COMMENT ON TABLE policies IS 'The draft: policies that routes name. A deleted one keeps its row with deleted_at.';`

/** Policies, drafted like routes. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  await sequelize.query(policies, { transaction })
}
