import type { Database } from '../../db/database.ts'
import type { SnapshotRow } from '../../db/models/publishing.ts'
import type { HoldRow } from '../../db/models/guarded-publishing.ts'
import type { Ack } from '../../shared/schema/node-api.ts'
import { isCanary } from './holds/open-hold.ts'

/** `announcedAt`: when it became what the node should serve; absent when the node should serve another one by now. */
export type NodeRollout = { nodeId: string; state: 'pending' | Ack['result']; announcedAt?: string } & Partial<Ack>

export interface Rollout {
  revision: number
  sha256: string
  publishedAt: string
  /** Of all nodes together. */
  state: NodeRollout['state']
  /** No node should serve it any more; what is pending stays so. */
  superseded: boolean
  /** How the publish was or is held; null: it was not. */
  hold: HoldRow | null
  nodes: NodeRollout[]
}

/** What each node that should serve a revision, or reported on it, did with it. Sorted by node. */
export async function rolloutOf(db: Database, snapshot: Pick<SnapshotRow, 'epoch' | 'revision' | 'sha256' | 'createdAt'>): Promise<Rollout> {
  const { epoch, revision, sha256, createdAt } = snapshot
  const [desired, acks, hold, configuration] = await Promise.all([
    db.desired.findAll({ where: { epoch, revision } }),
    db.nodeAcks.findAll({ where: { epoch, revision } }),
    db.holds.findOne({ where: { epoch, revision } }),
    db.configuration.findByPk(1)
  ])
  const ackOf = new Map(acks.map((row) => [row.nodeId, row.ack]))
  const announcedAt = new Map(desired.map((row) => [row.nodeId, row.setAt.toISOString()]))
  const nodeIds = new Set([...announcedAt.keys(), ...ackOf.keys()])
  const nodes = [...nodeIds].sort().map((nodeId): NodeRollout => {
    const ack = ackOf.get(nodeId)
    const announced = announcedAt.get(nodeId)
    return { nodeId, state: ack?.result ?? 'pending', ...(announced === undefined ? {} : { announcedAt: announced }), ...ack }
  })
  const superseded = desired.length === 0 && (configuration?.epoch !== epoch || configuration.liveRevision !== revision)
  return { revision, sha256, publishedAt: createdAt.toISOString(), state: heldState(hold) ?? stateOf(nodes, superseded), superseded, hold, nodes }
}

/** A canary is not over before it is decided about, and what went back is refused. */
function heldState(hold: HoldRow | null): NodeRollout['state'] | null {
  if (hold === null) return null
  if (hold.outcome === 'rolled_back') return 'refused'
  return hold.outcome === null && isCanary(hold) ? 'pending' : null
}

/** One refusal refuses the whole, and one node that is not done keeps it pending. */
function stateOf(nodes: readonly NodeRollout[], superseded: boolean): NodeRollout['state'] {
  const some = (state: NodeRollout['state']) => nodes.some((node) => node.state === state)
  if (some('refused')) return 'refused'
  if (some('pending') || (superseded && nodes.length === 0)) return 'pending'
  return some('applied_with_issues') ? 'applied_with_issues' : 'applied'
}
