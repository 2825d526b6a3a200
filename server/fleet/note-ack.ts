import { MOST_EVENT_ISSUES } from '../../shared/schema/event.ts'
import type { Ack } from '../../shared/schema/node-api.ts'
import { emitEvent, type EventDeps } from '../events/emit-event.ts'
import { type RecordedEvent, recordEvent } from '../events/record-event.ts'
import { AppError } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'

/**
 * Stores what a node did with a snapshot, and its event with it. A node reports until it is told that the report arrived, so
 * the same one may come more than once; it is an event only the first time.
 * @throws AppError not_found for a revision that is not known here, conflict for one with another hash
 */
export async function noteAck(deps: EventDeps, nodeId: string, ack: Ack, now: Date): Promise<void> {
  const { epoch, revision } = ack
  const known = await deps.db.snapshots.findOne({ where: { epoch, revision }, attributes: ['sha256'] })
  if (known === null) throw new AppError('not_found', { message: `There is no revision ${revision} of the epoch ${epoch}.` })
  if (known.sha256 !== ack.sha256) throw new AppError('conflict', { message: `Revision ${revision} has the hash ${known.sha256}; the report is about ${ack.sha256}.` })
  const event = await storeAck(deps, nodeId, ack, now)
  if (event !== null) void emitEvent(deps, event)
}

/** @returns what is to be told; null when it was told before */
async function storeAck({ db }: EventDeps, nodeId: string, ack: Ack, now: Date): Promise<RecordedEvent | null> {
  const { epoch, revision, result } = ack
  return inTransaction(db, async (transaction) => {
    // Of reports that come side by side, one is the first.
    await db.nodes.findByPk(nodeId, { attributes: ['id'], transaction, lock: transaction.LOCK.UPDATE })
    const before = await db.nodeAcks.findOne({ where: { nodeId, epoch, revision }, transaction })
    await db.nodeAcks.upsert({ nodeId, epoch, revision, ack, receivedAt: now }, { transaction })
    if (before?.ack.result === result) return null
    const issues = ack.issues.slice(0, MOST_EVENT_ISSUES)
    return recordEvent(db, { kind: result === 'refused' ? 'refusal' : 'applied', at: now.toISOString(), data: { nodeId, epoch, revision, issues } }, transaction)
  })
}
