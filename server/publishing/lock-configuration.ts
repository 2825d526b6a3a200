import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { AppError } from '../http/app-error.ts'

export interface LockedConfiguration {
  epoch: string
  /** 0 before the first publish. */
  liveRevision: number
  behindRollback: boolean
}

interface Row {
  epoch: string
  live_revision: number | null
  behind_rollback: boolean
}

/**
 * Locks the one configuration row without waiting. SKIP LOCKED and not NOWAIT, because an error would end the transaction
 * and the revision could not be read any more.
 * @throws AppError publish_in_progress with the revision that the other publish becomes.
 */
export async function lockConfiguration(db: Database, transaction: Transaction): Promise<LockedConfiguration> {
  const select = (lock: string) => db.sequelize.query<Row>(`SELECT epoch, live_revision, behind_rollback FROM configuration WHERE id = 1 ${lock}`, { type: QueryTypes.SELECT, transaction })
  const [locked] = await select('FOR UPDATE SKIP LOCKED')
  if (locked !== undefined) return { epoch: locked.epoch, liveRevision: locked.live_revision ?? 0, behindRollback: locked.behind_rollback }
  const [current] = await select('')
  const revision = (current?.live_revision ?? 0) + 1
  throw new AppError('publish_in_progress', { message: `Another publish, which becomes revision ${revision}, is running.`, extra: { revision } })
}
