import type { Database } from '../../db/database.ts'
import type { Ack } from '../../shared/schema/node-api.ts'

export type NodeRollout = { nodeId: string; state: 'pending' | Ack['result'] } & Partial<Ack>

/** What each node that should serve a revision, or reported on it, did with it. Sorted by node. */
export async function rolloutOf(db: Database, epoch: string, revision: number): Promise<NodeRollout[]> {
  const [desired, acks] = await Promise.all([db.desired.findAll({ where: { epoch, revision } }), db.nodeAcks.findAll({ where: { epoch, revision } })])
  const ackOf = new Map(acks.map((row) => [row.nodeId, row.ack]))
  const nodeIds = new Set([...desired.map((row) => row.nodeId), ...ackOf.keys()])
  return [...nodeIds].sort().map((nodeId) => {
    const ack = ackOf.get(nodeId)
    return ack === undefined ? { nodeId, state: 'pending' } : { nodeId, state: ack.result, ...ack }
  })
}
