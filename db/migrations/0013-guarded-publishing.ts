import type { Sequelize, Transaction } from 'sequelize'

const STATEMENTS = [
  `CREATE TABLE publish_holds (
     epoch uuid NOT NULL,
     revision integer NOT NULL,
     restores integer NOT NULL,
     tenants text[],
     created_by text NOT NULL,
     created_at timestamptz NOT NULL,
     confirm_until timestamptz,
     confirmed_by text,
     canary jsonb,
     hold_until timestamptz,
     promoted_at timestamptz,
     outcome text CHECK (outcome IN ('kept', 'rolled_back', 'superseded')),
     outcome_at timestamptz,
     outcome_by text,
     reason text,
     restored integer,
     PRIMARY KEY (epoch, revision)
   )`,
  `CREATE UNIQUE INDEX publish_holds_open ON publish_holds (epoch) WHERE outcome IS NULL`,
  `COMMENT ON TABLE publish_holds IS 'Publishes that may go back by themselves: canaries and those that wait for a confirmation. One at most has no outcome.'`,
  `CREATE TABLE canary_nodes (
     epoch uuid NOT NULL,
     revision integer NOT NULL,
     node_id text NOT NULL,
     before jsonb NOT NULL,
     since jsonb,
     away_since timestamptz,
     PRIMARY KEY (epoch, revision, node_id),
     FOREIGN KEY (epoch, revision) REFERENCES publish_holds ON DELETE CASCADE
   )`,
  `COMMENT ON TABLE canary_nodes IS 'The nodes of a canary: what each served in the minutes before it, and its counts when it first served the revision.'`,
  `CREATE TABLE publish_proposals (
     id uuid PRIMARY KEY,
     proposed_by text NOT NULL,
     proposer text NOT NULL,
     proposed_at timestamptz NOT NULL,
     expected_revision integer NOT NULL,
     sha256 char(64) NOT NULL,
     content text NOT NULL,
     request jsonb NOT NULL,
     tenants text[],
     state text NOT NULL CHECK (state IN ('pending', 'approved', 'rejected')),
     decided_by text,
     decided_at timestamptz,
     reason text,
     revision integer
   )`,
  `CREATE INDEX publish_proposals_proposed_at ON publish_proposals (proposed_at)`,
  `COMMENT ON TABLE publish_proposals IS 'Publishes that wait, or waited, for the approval of a second person; the content is frozen.'`
]

/** Publishes that go back by themselves, and publishes that a second person has to approve. */
export async function up(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  for (const sql of STATEMENTS) await sequelize.query(sql, { transaction })
}
