import { QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { Ack, Desired } from '../../shared/schema/node-api.ts'
import { NODE_STATES, type NodeState, nodeState } from './node-state.ts'

/** One node among all. */
export interface FleetNode {
  nodeId: string
  state: NodeState
  serving: Desired | null
  desired: Desired | null
  /** When it became what the node should serve. */
  desiredSince: string | null
  lastHeartbeatAt: string | null
  driftSince: string | null
}

export interface FleetStatus {
  epoch: string
  /** The revision that was published last; 0 before the first. */
  liveRevision: number
  counts: Record<NodeState, number>
  nodes: FleetNode[]
}

interface Row {
  id: string
  last_heartbeat_at: Date | null
  drift_since: Date | null
  serving: Desired | null
  epoch: string | null
  revision: number
  sha256: string
  set_at: Date
  result: Ack['result'] | null
}

const NODES = `
SELECT n.id, n.last_heartbeat_at, n.drift_since, nullif(n.heartbeat->'serving', 'null') AS serving, d.epoch, d.revision, d.sha256, d.set_at, a.ack->>'result' AS result
FROM nodes n LEFT JOIN desired d ON d.node_id = n.id
LEFT JOIN node_acks a ON a.node_id = n.id AND a.epoch = d.epoch AND a.revision = d.revision
ORDER BY n.id LIMIT 10000`

/** What every node serves and should serve, each with one word for how it stands. */
export async function fleetStatus(db: Database, now: Date): Promise<FleetStatus> {
  const [configuration, rows] = await Promise.all([db.configuration.findByPk(1), db.sequelize.query<Row>(NODES, { type: QueryTypes.SELECT })])
  const live = { epoch: configuration?.epoch ?? '', revision: configuration?.liveRevision ?? 0 }
  const nodes = rows.map((row) => present(row, live, now))
  const counts = Object.fromEntries(NODE_STATES.map((state) => [state, nodes.filter((node) => node.state === state).length])) as Record<NodeState, number>
  return { epoch: live.epoch, liveRevision: live.revision, counts, nodes }
}

function present(row: Row, live: { epoch: string; revision: number }, now: Date): FleetNode {
  const { serving, result } = row
  const desired = row.epoch === null ? null : { epoch: row.epoch, revision: row.revision, sha256: row.sha256 }
  const facts = { lastHeartbeatAt: row.last_heartbeat_at, driftSince: row.drift_since, serving, desired, result }
  return {
    nodeId: row.id,
    state: nodeState(facts, live, now),
    serving,
    desired,
    desiredSince: desired && row.set_at.toISOString(),
    lastHeartbeatAt: row.last_heartbeat_at?.toISOString() ?? null,
    driftSince: row.drift_since?.toISOString() ?? null
  }
}
