import type { Sequelize, Transaction } from 'sequelize'

const STATEMENTS = [
  `CREATE TABLE acme_accounts (
  directory_url text PRIMARY KEY,
  account_url text NOT NULL,
  sealed_key text NOT NULL,
  key_id char(16) NOT NULL,
  created_at timestamptz NOT NULL
)`,
  `COMMENT ON TABLE acme_accounts IS 'The account at each certificate authority, with its key sealed with SECRETS_KEY.'`,
  `CREATE TABLE acme_names (
  name text PRIMARY KEY,
  certificate_id uuid NOT NULL REFERENCES certificates (id),
  status text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  ordered_at timestamptz[] NOT NULL DEFAULT '{}',
  next_at timestamptz,
  locked_until timestamptz,
  last_error text,
  updated_at timestamptz NOT NULL
)`,
  `COMMENT ON TABLE acme_names IS 'Names whose certificates come by ACME: what was tried, and what is next. next_at is null where a person has to ask again.'`,
  `CREATE TABLE acme_challenges (
  token text PRIMARY KEY,
  key_authorization text NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL
)`,
  `COMMENT ON TABLE acme_challenges IS 'Answers that data nodes give to certificate authorities at the moment (HTTP-01).'`,
  `ALTER TABLE nodes ADD COLUMN credentials_at timestamptz`
]

/** Certificates by ACME. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const statement of STATEMENTS) await sequelize.query(statement, { transaction })
}
