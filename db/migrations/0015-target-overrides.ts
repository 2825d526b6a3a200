import type { Sequelize, Transaction } from 'sequelize'

const STATEMENTS = [
  `CREATE TABLE target_overrides (
  upstream_id uuid NOT NULL,
  target_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('ejected', 'weight')),
  weight integer CHECK ((kind = 'weight') = (weight IS NOT NULL) AND weight BETWEEN 1 AND 1000),
  expires_at timestamptz,
  reason text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (upstream_id, target_id, kind)
)`,
  `COMMENT ON TABLE target_overrides IS 'What people said about targets, over what is published: taken out, or weighted anew. Effective without a publish.'`
]

/** Targets are taken out and weighted by people, without a publish. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const sql of STATEMENTS) await sequelize.query(sql, { transaction })
}
