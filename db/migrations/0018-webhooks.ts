import type { Sequelize, Transaction } from 'sequelize'

const STATEMENTS = [
  `CREATE TABLE webhooks (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  url text NOT NULL,
  events text[] NOT NULL,
  tenant_code text,
  enabled boolean NOT NULL DEFAULT true,
  sealed_secret text NOT NULL,
  sealed_previous text,
  previous_until timestamptz,
  key_id char(16) NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_by text NOT NULL,
  updated_at timestamptz NOT NULL
)`,
  'CREATE UNIQUE INDEX webhooks_name ON webhooks (lower(name))',
  `COMMENT ON TABLE webhooks IS 'Where events are sent. Secrets sign what is sent; they are sealed with SECRETS_KEY, the previous one until it ends.'`,
  // A row is written with the change that the event tells of, so that no event is lost while Redis is away.
  `CREATE TABLE webhook_deliveries (
  id uuid PRIMARY KEY,
  webhook_id uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  event_id uuid NOT NULL,
  kind text NOT NULL,
  body text NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz,
  locked_until timestamptz,
  last_status integer,
  last_error text,
  last_ms integer,
  created_at timestamptz NOT NULL,
  ended_at timestamptz
)`,
  `CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE state = 'pending'`,
  'CREATE INDEX webhook_deliveries_of ON webhook_deliveries (webhook_id, created_at)',
  `COMMENT ON TABLE webhook_deliveries IS 'Events on their way to webhooks, and the last ones that arrived or failed.'`
]

/** Webhooks and what is delivered to them. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const statement of STATEMENTS) await sequelize.query(statement, { transaction })
}
