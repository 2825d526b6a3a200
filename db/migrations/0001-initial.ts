import type { Sequelize, Transaction } from 'sequelize'

const draftedColumns = `
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
  deleted_at timestamptz`

const drafted = ['listeners', 'upstreams', 'routes']
  .map(
    (table) => `
CREATE TABLE ${table} (${draftedColumns});
CREATE UNIQUE INDEX ${table}_name ON ${table} (coalesce(tenant_code, ''), lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX ${table}_updated ON ${table} (updated_at);`
  )
  .join('\n')

const references = `
CREATE TABLE route_listeners (
  route_id uuid NOT NULL REFERENCES routes (id) ON DELETE CASCADE,
  listener_id uuid NOT NULL CONSTRAINT route_listeners_listener REFERENCES listeners (id),
  PRIMARY KEY (route_id, listener_id)
);
CREATE INDEX route_listeners_listener_id ON route_listeners (listener_id);
CREATE TABLE route_upstreams (
  route_id uuid NOT NULL REFERENCES routes (id) ON DELETE CASCADE,
  upstream_id uuid NOT NULL CONSTRAINT route_upstreams_upstream REFERENCES upstreams (id),
  PRIMARY KEY (route_id, upstream_id)
);
CREATE INDEX route_upstreams_upstream_id ON route_upstreams (upstream_id);`

const publishing = `
CREATE TABLE configuration (
  id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  epoch uuid NOT NULL,
  live_revision integer,
  behind_rollback boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO configuration (epoch) VALUES (gen_random_uuid());

CREATE TABLE snapshots (
  epoch uuid NOT NULL,
  revision integer NOT NULL CHECK (revision > 0),
  schema_version integer NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  note text NOT NULL,
  sha256 char(64) NOT NULL,
  content text NOT NULL,
  PRIMARY KEY (epoch, revision)
);
CREATE FUNCTION refuse_snapshot_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('gateway.retention', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'snapshots are immutable';
END $$;
CREATE TRIGGER snapshots_immutable BEFORE UPDATE OR DELETE ON snapshots FOR EACH ROW EXECUTE FUNCTION refuse_snapshot_change();
CREATE TRIGGER snapshots_not_truncated BEFORE TRUNCATE ON snapshots FOR EACH STATEMENT EXECUTE FUNCTION refuse_snapshot_change();`

const nodes = `
CREATE TABLE nodes (
  id text PRIMARY KEY,
  labels jsonb NOT NULL DEFAULT '{}',
  token_hash char(64) NOT NULL UNIQUE,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  last_heartbeat_at timestamptz,
  heartbeat jsonb
);
CREATE TABLE desired (
  node_id text PRIMARY KEY REFERENCES nodes (id) ON DELETE CASCADE,
  epoch uuid NOT NULL,
  revision integer NOT NULL,
  sha256 char(64) NOT NULL,
  set_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE node_acks (
  node_id text NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
  epoch uuid NOT NULL,
  revision integer NOT NULL,
  ack jsonb NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (node_id, epoch, revision)
);`

const people = `
CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text NOT NULL,
  password_hash text NOT NULL,
  role text NOT NULL CHECK (role IN ('viewer', 'editor', 'publisher', 'admin')),
  failed_logins integer NOT NULL DEFAULT 0,
  locked_until timestamptz,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (lower(email));
CREATE TABLE sessions (
  token_hash char(64) PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  csrf_token text NOT NULL,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE TABLE api_tokens (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  token_hash char(64) NOT NULL UNIQUE,
  role text NOT NULL CHECK (role IN ('viewer', 'editor', 'publisher', 'admin')),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz
);
CREATE TABLE audit (
  sequence bigint PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  kind text NOT NULL,
  resource_id text NOT NULL,
  request_id text NOT NULL,
  before jsonb,
  after jsonb,
  previous_hash char(64) NOT NULL,
  hash char(64) NOT NULL
);
CREATE INDEX audit_resource ON audit (kind, resource_id);
CREATE TABLE audit_head (
  id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  sequence bigint NOT NULL,
  hash char(64) NOT NULL
);
INSERT INTO audit_head (sequence, hash) VALUES (0, repeat('0', 64));`

/** The first schema: drafted resources, publishing, nodes, people and audit. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const sql of [drafted, references, publishing, nodes, people]) {
    await sequelize.query(sql, { transaction })
  }
}
