import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { SnapshotRow } from '../../db/models/publishing.ts'
import type { Desired } from '../../shared/schema/node-api.ts'
import type { SnapshotContent, SnapshotHead } from '../../shared/schema/snapshot.ts'
import { AppError } from '../http/app-error.ts'
import { findOpenHold, isCanary } from './holds/open-hold.ts'

export const EMPTY_CONTENT: SnapshotContent = { listeners: [], upstreams: [], routes: [], providers: [], tlsPolicies: [], policies: [] }

/** The snapshot that was published last, or null before the first publish. */
export async function findLive(db: Database, transaction?: Transaction): Promise<SnapshotRow | null> {
  const options = transaction ? { transaction } : {}
  const configuration = await db.configuration.findByPk(1, options)
  if (configuration === null || configuration.liveRevision === null) return null
  return db.snapshots.findOne({ where: { epoch: configuration.epoch, revision: configuration.liveRevision }, ...options })
}

/** What a node should serve that is new: what is live, or while that is a canary the revision before. */
export async function findStable(db: Database, transaction: Transaction): Promise<SnapshotRow | null> {
  const live = await findLive(db, transaction)
  const hold = live && (await findOpenHold(db, live.epoch, transaction))
  return hold === null || !isCanary(hold) ? live : findSnapshot(db, hold.restores, transaction)
}

/** A snapshot by its number. Numbers go on when a new epoch begins, so one number is one snapshot. @throws AppError not_found */
export async function findSnapshot(db: Database, revision: number, transaction?: Transaction): Promise<SnapshotRow> {
  const row = await db.snapshots.findOne({ where: { revision }, order: [['createdAt', 'DESC']], ...(transaction ? { transaction } : {}) })
  if (row === null) throw new AppError('not_found', { message: `There is no revision ${revision}.` })
  return row
}

export function contentOf(row: Pick<SnapshotRow, 'content'> | null): SnapshotContent {
  return row === null ? EMPTY_CONTENT : { ...EMPTY_CONTENT, ...(JSON.parse(row.content) as Partial<SnapshotContent>) }
}

export function desiredOf(row: SnapshotRow): Desired {
  return { epoch: row.epoch, revision: row.revision, sha256: row.sha256 }
}

export function presentSnapshotHead(row: SnapshotRow): SnapshotHead {
  const { epoch, revision, schemaVersion, createdBy, note, sha256 } = row
  return { epoch, revision, schemaVersion, createdBy, createdAt: row.createdAt.toISOString(), note, sha256 }
}
