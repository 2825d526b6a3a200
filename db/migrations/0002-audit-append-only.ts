import type { Sequelize, Transaction } from 'sequelize'

const guard = `
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('gateway.retention', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the audit is append-only';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_not_truncated BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();`

const COMMENTS: Record<string, string> = {
  api_tokens: 'Tokens for automation, stored as their sha256.',
  audit: 'Who changed what; each row is chained to the one before by its hash, and a trigger refuses changes.',
  audit_head: 'The newest row of the audit. Whoever appends locks it, so the chain never forks.',
  configuration: 'One row, locked by every publish: which revision is live, and whether the draft is behind a rollback.',
  desired: 'Which snapshot each node should serve.',
  listeners: 'The draft: listeners. A deleted one keeps its row with deleted_at.',
  migrations: 'The migrations that were applied.',
  node_acks: 'What each node did with each snapshot.',
  nodes: 'The enrolled data nodes with their last heartbeat; tokens are stored as their sha256.',
  route_listeners: 'Which listeners a route names, for the protection of references.',
  route_upstreams: 'Which upstreams a route names, for the protection of references.',
  routes: 'The draft: routes. A deleted one keeps its row with deleted_at.',
  sessions: 'Signed-in browsers; cookies are stored as their sha256.',
  snapshots: 'Published configurations as canonical JSON. A trigger refuses changes.',
  upstreams: 'The draft: upstreams. A deleted one keeps its row with deleted_at.',
  users: 'People who may sign in.'
}

/** The audit can only grow; every table says what it is for. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  await sequelize.query(guard, { transaction })
  for (const [table, comment] of Object.entries(COMMENTS)) {
    await sequelize.query(`COMMENT ON TABLE ${table} IS ${sequelize.escape(comment)}`, { transaction })
  }
}
