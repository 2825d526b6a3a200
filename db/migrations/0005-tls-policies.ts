import type { Sequelize, Transaction } from 'sequelize'

const tlsPolicies = `
CREATE TABLE tls_policies (
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
CREATE UNIQUE INDEX tls_policies_name ON tls_policies (coalesce(tenant_code, ''), lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX tls_policies_updated ON tls_policies (updated_at);
COMMENT ON TABLE tls_policies IS 'The draft: TLS policies of https listeners. A deleted one keeps its row with deleted_at.';`

/** TLS policies, drafted like routes. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  await sequelize.query(tlsPolicies, { transaction })
}
