import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { Desired } from '../../shared/schema/node-api.ts'
import { SCHEMA_VERSION } from '../../shared/schema/snapshot.ts'
import { acmeNames } from '../../shared/snapshot/acme-names.ts'
import { certificateReferences } from '../../shared/snapshot/certificate-references.ts'
import { secretNames } from '../../shared/snapshot/secret-references.ts'
import type { HashedContent } from './content-hash.ts'
import type { LockedConfiguration } from './lock-configuration.ts'

export interface NewSnapshot {
  hashed: HashedContent
  createdBy: string
  note: string
  /** The draft differs from what is live because of a rollback. */
  behindRollback: boolean
  /** Those that should serve it; null: all. */
  nodes: readonly string[] | null
}

export interface StoredSnapshot {
  epoch: string
  revision: number
  sha256: string
  /** The nodes whose desired revision it became. */
  nodes: string[]
}

/** Inserts the next snapshot, makes it live, and makes it what its nodes should serve; all in the caller's transaction. */
export async function storeSnapshot(db: Database, transaction: Transaction, configuration: LockedConfiguration, snapshot: NewSnapshot): Promise<StoredSnapshot> {
  const { epoch } = configuration
  const revision = configuration.liveRevision + 1
  const { text: content, sha256 } = snapshot.hashed
  const certificateIds = [...new Set(certificateReferences(snapshot.hashed.content).map(({ certificateId }) => certificateId))].sort()
  const { createdBy, note, behindRollback } = snapshot
  const createdAt = new Date()
  await db.snapshots.create({ epoch, revision, schemaVersion: SCHEMA_VERSION, createdBy, createdAt, note, sha256, content, certificateIds, secretNames: secretNames(snapshot.hashed.content), acmeNames: acmeNames(snapshot.hashed.content) }, { transaction })
  await db.configuration.update({ liveRevision: revision, behindRollback }, { where: { id: 1 }, transaction })
  return { epoch, revision, sha256, nodes: await setDesired(db, transaction, { epoch, revision, sha256 }, snapshot.nodes, createdAt) }
}

/** Makes a snapshot what these nodes (null: all) should serve; those that should already keep the moment. @returns the nodes that it is new to */
export async function setDesired(db: Database, transaction: Transaction, desired: Desired, nodes: readonly string[] | null, at: Date): Promise<string[]> {
  const { epoch, revision, sha256 } = desired
  const rows = await db.sequelize.query<{ node_id: string }>(
    `INSERT INTO desired (node_id, epoch, revision, sha256, set_at) SELECT id, $1, $2, $3, $4 FROM nodes WHERE $5::text[] IS NULL OR id = ANY($5)
     ON CONFLICT (node_id) DO UPDATE SET epoch = excluded.epoch, revision = excluded.revision, sha256 = excluded.sha256, set_at = excluded.set_at
       WHERE (desired.epoch, desired.revision) <> (excluded.epoch, excluded.revision)
     RETURNING node_id`,
    { bind: [epoch, revision, sha256, at, nodes], type: QueryTypes.SELECT, transaction }
  )
  return rows.map((row) => row.node_id).sort()
}
