import type { Sequelize, Transaction } from 'sequelize'

const STATEMENTS = [
  `ALTER TABLE nodes ADD COLUMN drift_since timestamptz`,
  `COMMENT ON COLUMN nodes.drift_since IS 'Since when the node serves another content than its revision has here; null: it does not.'`,
  `CREATE TABLE node_minutes (
     node_id text NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
     at timestamptz NOT NULL,
     started_at timestamptz NOT NULL,
     revision integer,
     requests bigint NOT NULL,
     errors bigint NOT NULL,
     durations jsonb NOT NULL,
     PRIMARY KEY (node_id, at)
   )`,
  `CREATE INDEX node_minutes_at ON node_minutes (at)`,
  `COMMENT ON TABLE node_minutes IS 'What each node had served at the beginning of each minute, counted since its start; what lies between two rows is the traffic of that time.'`
]

/** Nodes that drift, and the traffic of the last day to compare with. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const sql of STATEMENTS) await sequelize.query(sql, { transaction })
}
