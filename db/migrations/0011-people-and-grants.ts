import type { Sequelize, Transaction } from 'sequelize'

const people = [
  `ALTER TABLE users ADD COLUMN enabled boolean NOT NULL DEFAULT true,
  ADD COLUMN one_time_until timestamptz,
  ADD COLUMN last_sign_in_at timestamptz`,
  `COMMENT ON COLUMN users.one_time_until IS 'Set while the password is one that an admin gave: it must be changed, and cannot be used after this moment.'`,
  `ALTER TABLE sessions ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
  ADD COLUMN client_address text NOT NULL DEFAULT '',
  ADD COLUMN user_agent text NOT NULL DEFAULT ''`,
  `CREATE UNIQUE INDEX sessions_id ON sessions (id)`,
  `CREATE INDEX sessions_user_id ON sessions (user_id)`,
  `ALTER TABLE api_tokens ADD COLUMN owner_id uuid REFERENCES users (id) ON DELETE CASCADE,
  ADD COLUMN last_used_at timestamptz`,
  `COMMENT ON COLUMN api_tokens.owner_id IS 'The person who made it, whose rights it never exceeds; null for what the environment or another token without owner made.'`,
  `CREATE INDEX api_tokens_owner_id ON api_tokens (owner_id)`,
  `CREATE TABLE login_failures (
  address text PRIMARY KEY,
  failures integer NOT NULL,
  since timestamptz NOT NULL
)`,
  `COMMENT ON TABLE login_failures IS 'Failed sign-ins by client address (IPv6: by /64) within a window that began at since.'`
]

const grants = [
  `CREATE TABLE grants (
  tenant_code text PRIMARY KEY,
  listener_ids uuid[] NOT NULL,
  upstream_ids uuid[] NOT NULL,
  host_suffixes text[] NOT NULL,
  priority_min integer NOT NULL,
  priority_max integer NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_by text NOT NULL,
  updated_at timestamptz NOT NULL,
  CHECK (priority_min <= priority_max)
)`,
  `COMMENT ON TABLE grants IS 'What the routes of a tenant may use when a person of the tenant writes or publishes them.'`
]

const deliveries = [
  `CREATE TABLE node_certificates (
  node_id text NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
  certificate_id uuid NOT NULL REFERENCES certificates (id) ON DELETE CASCADE,
  fingerprint256 char(64) NOT NULL,
  delivered_at timestamptz NOT NULL,
  PRIMARY KEY (node_id, certificate_id)
)`,
  `COMMENT ON TABLE node_certificates IS 'Which private keys a node was sent last.'`,
  `ALTER TABLE certificates ADD COLUMN exposed_fingerprint256 char(64),
  ADD COLUMN exposed_at timestamptz,
  ADD COLUMN exposed_by text`,
  `COMMENT ON COLUMN certificates.exposed_fingerprint256 IS 'The one whose key was on a node that was revoked; while it is the current one, the certificate is due for rotation.'`
]

/** People who can be disabled and have one-time passwords, owners of API tokens, grants, and which keys are on which node. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const statement of [...people, ...grants, ...deliveries]) await sequelize.query(statement, { transaction })
}
