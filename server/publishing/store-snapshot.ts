import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { SCHEMA_VERSION } from '../../shared/schema/snapshot.ts'
import { certificateReferences } from '../../shared/snapshot/certificate-references.ts'
import type { HashedContent } from './content-hash.ts'
import type { LockedConfiguration } from './lock-configuration.ts'

export interface NewSnapshot {
  hashed: HashedContent
  createdBy: string
  note: string
  /** The draft differs from what is live because of a rollback. */
  behindRollback: boolean
}

export interface StoredSnapshot {
  epoch: string
  revision: number
  sha256: string
  /** The nodes whose desired revision it became. */
  nodes: string[]
}

/** Inserts the next snapshot, makes it live, and makes it what every node should serve; all in the caller's transaction. */
export async function storeSnapshot(db: Database, transaction: Transaction, configuration: LockedConfiguration, snapshot: NewSnapshot): Promise<StoredSnapshot> {
  const { epoch } = configuration
  const revision = configuration.liveRevision + 1
  const { text: content, sha256 } = snapshot.hashed
  const certificateIds = [...new Set(certificateReferences(snapshot.hashed.content).map(({ certificateId }) => certificateId))].sort()
  const { createdBy, note, behindRollback } = snapshot
  await db.snapshots.create({ epoch, revision, schemaVersion: SCHEMA_VERSION, createdBy, createdAt: new Date(), note, sha256, content, certificateIds }, { transaction })
  await db.configuration.update({ liveRevision: revision, behindRollback }, { where: { id: 1 }, transaction })
  const rows = await db.sequelize.query<{ node_id: string }>(
    `INSERT INTO desired (node_id, epoch, revision, sha256, set_at) SELECT id, $1, $2, $3, now() FROM nodes
     ON CONFLICT (node_id) DO UPDATE SET epoch = excluded.epoch, revision = excluded.revision, sha256 = excluded.sha256, set_at = excluded.set_at
     RETURNING node_id`,
    { bind: [epoch, revision, sha256], type: QueryTypes.SELECT, transaction }
  )
  return { epoch, revision, sha256, nodes: rows.map((row) => row.node_id).sort() }
}
