import { QueryTypes } from 'sequelize'
import type { Desired } from '../../shared/schema/node-api.ts'
import { emitEvent, type EventDeps } from '../events/emit-event.ts'

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
  const [changed] = await db.sequelize.query(
    drifts ? 'UPDATE nodes SET drift_since = $2 WHERE id = $1 AND drift_since IS NULL RETURNING id' : 'UPDATE nodes SET drift_since = NULL WHERE id = $1 AND drift_since IS NOT NULL RETURNING id',
    { bind: drifts ? [id, now] : [id], type: QueryTypes.SELECT }
  )
  if (changed === undefined) return
  const at = now.toISOString()
  if (!drifts) return void emitEvent(deps, { kind: 'drift_ended', at, data: { nodeId: id } })
  const expected = { ...serving!, sha256: known.sha256 }
  log.error({ nodeId: id, serving, expected: expected.sha256 }, 'drift: a node serves another content than its revision has in the database')
  void emitEvent(deps, { kind: 'drift', at, data: { nodeId: id, serving: serving!, expected } })
}
