import type { Transaction } from 'sequelize'
import type { Database } from '../../../db/database.ts'
import type { HoldRow } from '../../../db/models/guarded-publishing.ts'
import { AppError } from '../../http/app-error.ts'
import { findOpenHold, isCanary } from './open-hold.ts'

/** Nothing is published over what may go back by itself. @throws AppError canary_in_progress, confirmation_pending */
export async function refusePublishWhileHeld(db: Database, transaction: Transaction, epoch: string): Promise<void> {
  const hold = await findOpenHold(db, epoch, transaction)
  if (hold === null) return
  if (isCanary(hold)) throw canaryInProgress(hold)
  const { revision, confirmUntil } = hold
  throw new AppError('confirmation_pending', {
    message: `Revision ${revision} waits for its confirmation until ${confirmUntil?.toISOString()}, and without it goes back by itself: confirm it, roll back, or wait, and publish then.`,
    extra: { revision, confirmUntil: confirmUntil?.toISOString() }
  })
}

/** What a rollback takes the place of: a publish that waits for its confirmation, or null. @throws AppError canary_in_progress */
export async function refuseRollbackWhileCanary(db: Database, transaction: Transaction, epoch: string): Promise<HoldRow | null> {
  const hold = await findOpenHold(db, epoch, transaction)
  if (hold !== null && isCanary(hold)) throw canaryInProgress(hold)
  return hold
}

function canaryInProgress({ revision, canary }: HoldRow): AppError {
  return new AppError('canary_in_progress', {
    message: `Revision ${revision} is held as a canary on ${canary?.nodes.join(', ')}: POST /config/canary/promote or /config/canary/abort first.`,
    extra: { revision, nodes: canary?.nodes }
  })
}
