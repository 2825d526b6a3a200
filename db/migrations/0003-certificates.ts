import type { Sequelize, Transaction } from 'sequelize'

const certificates = `
CREATE TABLE certificates (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  tenant_code text,
  description text,
  labels jsonb NOT NULL DEFAULT '{}',
  source text NOT NULL,
  certificate_pem text NOT NULL,
  sealed_key text NOT NULL,
  key_id char(16) NOT NULL,
  facts jsonb NOT NULL,
  not_after timestamptz NOT NULL,
  fingerprint256 char(64) NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_by text NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE UNIQUE INDEX certificates_name ON certificates (coalesce(tenant_code, ''), lower(name)) WHERE deleted_at IS NULL;
COMMENT ON TABLE certificates IS 'Certificates with their private keys, which are sealed with SECRETS_KEY. Live: no draft, no snapshot holds them.';`

// Kept apart from the content, so that nobody has to read it to know which certificates a node needs.
const uses = `
ALTER TABLE snapshots ADD COLUMN certificate_ids uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE nodes ADD COLUMN sealing_key text;`

/** Certificates, and the keys to which they are sealed for each node. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  await sequelize.query(certificates, { transaction })
  await sequelize.query(uses, { transaction })
}
