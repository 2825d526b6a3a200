import type { Transaction } from 'sequelize'
import type { SnapshotPinRow, SnapshotRow } from '../../db/models/publishing.ts'
import { auditChange } from '../audit/audit-change.ts'
import { actorName } from '../auth/actor.ts'
import { AppError } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { findSnapshot } from '../publishing/live.ts'
import type { Change } from '../resources/write-resource.ts'
import { presentSnapshot, type SnapshotItem } from './present-snapshot.ts'
import { sameContentBefore } from './same-content.ts'

/** Each pinned revision is kept whole, and read when something it might name is deleted. */
const MOST_PINS = 100

/** Keeps a revision from being removed, with a note why; once more changes the note. @throws AppError not_found, conflict when too many are pinned */
export async function pinSnapshot(change: Change, revision: number, note: string): Promise<SnapshotItem> {
  const { db } = change.deps
  return inTransaction(db, async (transaction) => {
    // One after the other, so that the count holds.
    await db.sequelize.query('LOCK TABLE snapshot_pins IN SHARE ROW EXCLUSIVE MODE', { transaction })
    const row = await findSnapshot(db, revision, transaction)
    const before = await findPin(change, transaction, row)
    if (before === null && (await db.snapshotPins.count({ transaction })) >= MOST_PINS) {
      throw new AppError('conflict', { message: `${MOST_PINS} revisions are pinned, which is the most there may be; unpin one first.` })
    }
    const pin = { epoch: row.epoch, revision, note, pinnedBy: actorName(change.actor), pinnedAt: new Date() }
    await db.snapshotPins.upsert(pin, { transaction })
    await auditChange(change, transaction, { action: 'snapshots.pin', kind: 'snapshots', resourceId: String(revision), before: before && { note: before.note }, after: { note } })
    return presentSnapshot(row, db.snapshotPins.build(pin), (await sameContentBefore(db, [revision], transaction)).get(revision))
  })
}

/** @throws AppError not_found, also when it is not pinned */
export async function unpinSnapshot(change: Change, revision: number): Promise<void> {
  await inTransaction(change.deps.db, async (transaction) => {
    const row = await findSnapshot(change.deps.db, revision, transaction)
    const pin = await findPin(change, transaction, row)
    if (pin === null) throw new AppError('not_found', { message: `Revision ${revision} is not pinned.` })
    await pin.destroy({ transaction })
    await auditChange(change, transaction, { action: 'snapshots.unpin', kind: 'snapshots', resourceId: String(revision), before: { note: pin.note }, after: null })
  })
}

async function findPin({ deps }: Change, transaction: Transaction, { epoch, revision }: SnapshotRow): Promise<SnapshotPinRow | null> {
  return deps.db.snapshotPins.findOne({ where: { epoch, revision }, transaction, lock: transaction.LOCK.UPDATE })
}
