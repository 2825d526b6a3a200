import type { NodeDrain } from '../../db/models/nodes.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { actorName } from '../auth/actor.ts'
import { emitEvent } from '../events/emit-event.ts'
import { AppError } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { announceOperation } from '../publishing/announce.ts'
import type { Change } from '../resources/write-resource.ts'

/** Drains a node, or with null ends its drain; it acts on that at once. Nothing is told or written when nothing changes. @throws AppError not_found */
export async function drainNode(change: Change, id: string, wanted: Pick<NodeDrain, 'closePorts' | 'reason'> | null): Promise<void> {
  const { deps, actor, requestId } = change
  const drain = wanted === null ? null : { ...wanted, by: actorName(actor), at: new Date().toISOString() }
  const isChanged = await inTransaction(deps.db, async (transaction) => {
    const node = await deps.db.nodes.findByPk(id, { attributes: ['id', 'drain'], transaction, lock: transaction.LOCK.UPDATE })
    if (node === null) throw new AppError('not_found', { message: `There is no node ${id}.` })
    const before = node.drain
    if (before === null ? drain === null : drain?.closePorts === before.closePorts && drain.reason === before.reason) return false
    await deps.db.nodes.update({ drain }, { where: { id }, transaction })
    await appendAudit(deps.db, transaction, { actor: actorName(actor), action: drain === null ? 'nodes.undrain' : 'nodes.drain', kind: 'nodes', resourceId: id, requestId, before: before ?? undefined, after: drain ?? undefined })
    return true
  })
  if (!isChanged) return
  await announceOperation(deps)
  const at = new Date().toISOString()
  if (drain === null) void emitEvent(deps, { kind: 'node_undrained', at, data: { nodeId: id, by: actorName(actor) } })
  else void emitEvent(deps, { kind: 'node_drained', at, data: { nodeId: id, closePorts: drain.closePorts, by: drain.by, reason: drain.reason } })
}
