import { QueryTypes } from 'sequelize'
import type { GatewayEvent } from '../../shared/schema/event.ts'
import type { Desired } from '../../shared/schema/node-api.ts'
import { emitEvent, type EventDeps } from '../events/emit-event.ts'
import { type RecordedEvent, recordEvent } from '../events/record-event.ts'
import { inTransaction } from '../in-transaction.ts'

/**
 * Compares the hash of what a node serves with that of its revision here. The first process that sees them differ raises
 * the alarm, and the first that sees them agree again ends it. A revision that is not kept here any more proves nothing.
 */
export async function noteDrift(deps: EventDeps, node: { id: string; driftSince: Date | null }, serving: Desired | null, now: Date): Promise<void> {
  const { db, log } = deps
  const { id } = node
  const known = serving && (await db.snapshots.findOne({ where: { epoch: serving.epoch, revision: serving.revision }, attributes: ['sha256'] }))
  const drifts = known !== null && known.sha256 !== serving?.sha256
  if (drifts === (node.driftSince !== null)) return
  const at = now.toISOString()
  const expected = drifts ? { ...serving!, sha256: known.sha256 } : null
  const recorded = await storeDrift(deps, id, expected === null ? { kind: 'drift_ended', at, data: { nodeId: id } } : { kind: 'drift', at, data: { nodeId: id, serving: serving!, expected } }, now)
  if (recorded === null) return
  if (expected !== null) log.error({ nodeId: id, serving, expected: expected.sha256 }, 'drift: a node serves another content than its revision has in the database')
  void emitEvent(deps, recorded)
}

/** The state and its event, both or neither. @returns what is to be told; null when another process was first */
async function storeDrift({ db }: EventDeps, id: string, event: GatewayEvent, now: Date): Promise<RecordedEvent | null> {
  const begins = event.kind === 'drift'
  return inTransaction(db, async (transaction) => {
    const [changed] = await db.sequelize.query(
      begins ? 'UPDATE nodes SET drift_since = $2 WHERE id = $1 AND drift_since IS NULL RETURNING id' : 'UPDATE nodes SET drift_since = NULL WHERE id = $1 AND drift_since IS NOT NULL RETURNING id',
      { bind: begins ? [id, now] : [id], type: QueryTypes.SELECT, transaction }
    )
    return changed === undefined ? null : recordEvent(db, event, transaction)
  })
}
