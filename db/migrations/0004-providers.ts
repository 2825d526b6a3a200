import type { Sequelize, Transaction } from 'sequelize'

const providers = `
CREATE TABLE providers (
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
CREATE UNIQUE INDEX providers_name ON providers (coalesce(tenant_code, ''), lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX providers_updated ON providers (updated_at);
COMMENT ON TABLE providers IS 'The draft: identity providers. A deleted one keeps its row with deleted_at.';`

/** Identity providers, drafted like routes. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  await sequelize.query(providers, { transaction })
}
