import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { SnapshotRow } from '../../db/models/publishing.ts'
import { holdAudit } from '../audit/hold-audit.ts'
import { findLive } from './live.ts'
import { type LockedConfiguration, lockConfiguration } from './lock-configuration.ts'

export interface PublishStart {
  configuration: LockedConfiguration
  live: SnapshotRow | null
}

/**
 * The first step of everything that sets the live revision. Changes of the draft go on meanwhile; only when one got in
 * between, the next attempt holds them up until it is through.
 * @throws AppError publish_in_progress
 */
export async function beginPublish(db: Database, transaction: Transaction, attempt: number): Promise<PublishStart> {
  if (attempt > 1) await holdAudit(db, transaction)
  const configuration = await lockConfiguration(db, transaction)
  return { configuration, live: await findLive(db, transaction) }
}
