import type { Sequelize, Transaction } from 'sequelize'

const STATEMENTS = [
  // The foreign key is the last guard: not even retention removes a revision that is pinned.
  `CREATE TABLE snapshot_pins (
  epoch uuid NOT NULL,
  revision integer NOT NULL,
  note text NOT NULL,
  pinned_by text NOT NULL,
  pinned_at timestamptz NOT NULL,
  PRIMARY KEY (epoch, revision),
  FOREIGN KEY (epoch, revision) REFERENCES snapshots (epoch, revision)
)`,
  `COMMENT ON TABLE snapshot_pins IS 'Revisions that somebody wants kept: never removed, and what they name is protected.'`,
  `CREATE TABLE audit_anchor (
  id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  sequence bigint NOT NULL,
  hash char(64) NOT NULL,
  at timestamptz NOT NULL,
  key_id char(16) NOT NULL,
  signature char(64) NOT NULL
)`,
  `COMMENT ON TABLE audit_anchor IS 'The last row of the audit that retention removed, signed with a key made of SECRETS_KEY: the chain is verified from there.'`,
  `CREATE TABLE idempotency_keys (
  actor text NOT NULL,
  key text NOT NULL,
  fingerprint char(64) NOT NULL,
  request_id text NOT NULL,
  created_at timestamptz NOT NULL,
  locked_until timestamptz NOT NULL,
  sealed_answer text,
  PRIMARY KEY (actor, key)
)`,
  'CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at)',
  `COMMENT ON TABLE idempotency_keys IS 'Requests that came with an Idempotency-Key in the last 24 h, with their answers sealed with SECRETS_KEY. sealed_answer is null while one runs.'`,
  'CREATE INDEX audit_request ON audit (request_id)',
  'CREATE INDEX audit_at ON audit (at)'
]

/** Pins, the anchor of the audit, and answers that are given once more. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const statement of STATEMENTS) await sequelize.query(statement, { transaction })
}
