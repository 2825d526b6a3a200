import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { AppError } from '../http/app-error.ts'
import { sqlState } from '../http/map-error.ts'

const LOCK_NOT_AVAILABLE = '55P03'

export interface LockedConfiguration {
  epoch: string
  liveRevision: number
  behindRollback: boolean
}

/** Locks the one configuration row without waiting. @throws AppError publish_in_progress */
export async function lockConfiguration(db: Database, transaction: Transaction): Promise<LockedConfiguration> {
  try {
    const [row] = await db.sequelize.query<{ epoch: string; live_revision: number | null; behind_rollback: boolean }>(
      'SELECT epoch, live_revision, behind_rollback FROM configuration WHERE id = 1 FOR UPDATE NOWAIT',
      { type: QueryTypes.SELECT, transaction }
    )
    if (row === undefined) throw new Error('the configuration row is missing')
    return { epoch: row.epoch, liveRevision: row.live_revision ?? 0, behindRollback: row.behind_rollback }
  } catch (error) {
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error
    const current = await db.configuration.findByPk(1)
    const revision = (current?.liveRevision ?? 0) + 1
    throw new AppError('publish_in_progress', { message: `Another publish, which becomes revision ${revision}, is running.`, extra: { revision } })
  }
}
