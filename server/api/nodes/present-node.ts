import type { DesiredRow, NodeAckRow, NodeRow } from '../../../db/models/nodes.ts'
import { UNKNOWN_MS } from '../../fleet/node-state.ts'
import { presenceOf } from '../../fleet/presence.ts'
import type { Desired } from '../../../shared/schema/node-api.ts'

/** A node that was silent for longer is shown as offline; nodes report every 2 s. */
export const ONLINE_MS = UNKNOWN_MS
/** One that was silent for longer needs somebody to look after it. */
const STALE_MS = 24 * 3600_000

/** A node as the API shows it. `behind` is true while it does not serve what it should. */
export function presentNode(row: NodeRow, desiredRow: DesiredRow | undefined, ackRow: NodeAckRow | undefined, now: Date) {
  const desired: Desired | null = desiredRow ? { epoch: desiredRow.epoch, revision: desiredRow.revision, sha256: desiredRow.sha256 } : null
  const serving = row.heartbeat?.serving ?? null
  return {
    id: row.id,
    labels: { ...row.heartbeat?.labels, ...row.labels },
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    presence: presenceOf(row.lastHeartbeatAt, now),
    online: row.lastHeartbeatAt !== null && now.getTime() - row.lastHeartbeatAt.getTime() < ONLINE_MS,
    stale: now.getTime() - (row.lastHeartbeatAt ?? row.createdAt).getTime() > STALE_MS,
    lastHeartbeatAt: row.lastHeartbeatAt?.toISOString() ?? null,
    serving,
    desired,
    behind: desired !== null && (serving === null || serving.epoch !== desired.epoch || serving.revision !== desired.revision || serving.sha256 !== desired.sha256),
    drain: row.drain ?? null,
    ack: ackRow?.ack ?? null,
    heartbeat: row.heartbeat ?? null
  }
}
