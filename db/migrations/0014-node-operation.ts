import type { Sequelize, Transaction } from 'sequelize'

const STATEMENTS = [
  `ALTER TABLE nodes ADD COLUMN drain jsonb`,
  `COMMENT ON COLUMN nodes.drain IS 'Who drained the node, when and why; null: nobody.'`,
  `ALTER TABLE nodes ADD COLUMN presence text NOT NULL DEFAULT 'unknown'`,
  `COMMENT ON COLUMN nodes.presence IS 'What was told of the node last: online, unknown or gone.'`,
  `ALTER TABLE nodes ADD COLUMN told_behind boolean NOT NULL DEFAULT false`,
  `COMMENT ON COLUMN nodes.told_behind IS 'That it does not serve what it should was told.'`
]

/** Nodes are drained by people, and what changes about them is told once. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const sql of STATEMENTS) await sequelize.query(sql, { transaction })
}
