import { randomUUID } from 'node:crypto'
import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { inTransaction } from '../in-transaction.ts'
import { findLive } from './live.ts'

export interface NewEpoch {
  before: string
  epoch: string
  /** The revision with the content that was live, numbered beyond all that is known; null before the first publish. */
  revision: number | null
}

/**
 * Gives the database a new epoch after a restore from a backup: nodes compare revisions only within one, so they take the
 * next publish whatever they serve. Until then they serve on what they have. The draft and the old revisions stay.
 */
export async function beginEpoch(db: Database, by: string): Promise<NewEpoch> {
  return inTransaction(db, async (transaction) => {
    const configuration = await db.configuration.findByPk(1, { transaction, lock: transaction.LOCK.UPDATE })
    if (configuration === null) throw new Error('the database has no configuration row')
    const { epoch: before } = configuration
    const epoch = randomUUID()
    const live = await findLive(db, transaction)
    const revision = live === null ? null : (await lastNumber(db, transaction)) + 1
    if (live !== null && revision !== null) {
      const note = `The content of revision ${live.revision}, after a restore from a backup.`
      await db.snapshots.create({ ...live.get(), epoch, revision, createdBy: by, createdAt: new Date(), note }, { transaction })
    }
    // What was undecided is so of an epoch that no node will go on with.
    await db.holds.update({ outcome: 'superseded', outcomeAt: new Date(), outcomeBy: by, reason: 'a new epoch began' }, { where: { outcome: null }, transaction })
    await configuration.update({ epoch, liveRevision: revision }, { transaction })
    await appendAudit(db, transaction, {
      actor: by,
      action: 'config.recover',
      kind: 'configuration',
      resourceId: 'epoch',
      requestId: '',
      before: { epoch: before, revision: live?.revision ?? null },
      after: { epoch, revision }
    })
    return { before, epoch, revision }
  })
}

/** The largest number that was given out as far as anybody knows; nodes know those that the backup does not. */
async function lastNumber(db: Database, transaction: Transaction): Promise<number> {
  const [row] = await db.sequelize.query<{ last: number }>(
    `SELECT greatest((SELECT max(revision) FROM snapshots), (SELECT max((heartbeat#>>'{serving,revision}')::integer) FROM nodes)) AS last`,
    { type: QueryTypes.SELECT, transaction }
  )
  return row?.last ?? 0
}
