import { QueryTypes } from 'sequelize'
import type { Database } from '../../../db/database.ts'
import type { HoldRow } from '../../../db/models/guarded-publishing.ts'
import type { Ack, Desired } from '../../../shared/schema/node-api.ts'
import { nothingServed, type Served, servedBetween } from '../../../shared/traffic/served.ts'

/** A node of a canary as it is now. */
export interface CanaryNode {
  nodeId: string
  isEnrolled: boolean
  lastHeartbeatAt: Date | null
  awaySince: Date | null
  /** It serves another content than its revision has here. */
  drifts: boolean
  result: Ack['result'] | null
  /** It is known to serve the revision, as its last heartbeat says. */
  serves: boolean
  /** Its counts and start are written down. */
  isMeasured: boolean
  /** Of the last heartbeat. */
  counts: { served: Served | null; startedAt: string } | null
  /** In the minutes before, and since it serves the revision. */
  before: Served
  now: Served
}

interface Row {
  node_id: string
  enrolled: string | null
  before: Served
  since: { served: Served | null; startedAt: string } | null
  away_since: Date | null
  last_heartbeat_at: Date | null
  drift_since: Date | null
  serving: Desired | null
  served: Served | null
  started_at: string | null
  result: Ack['result'] | null
}

const NODES = `
SELECT c.node_id, c.before, c.since, c.away_since, n.id AS enrolled, n.last_heartbeat_at, n.drift_since, nullif(n.heartbeat->'serving', 'null') AS serving,
  nullif(n.heartbeat->'served', 'null') AS served, n.heartbeat->>'startedAt' AS started_at, a.ack->>'result' AS result
FROM canary_nodes c LEFT JOIN nodes n ON n.id = c.node_id
LEFT JOIN node_acks a ON a.node_id = c.node_id AND a.epoch = c.epoch AND a.revision = c.revision
WHERE c.epoch = $1 AND c.revision = $2 ORDER BY c.node_id`

export async function canaryNodes(db: Database, { epoch, revision }: HoldRow): Promise<CanaryNode[]> {
  const rows = await db.sequelize.query<Row>(NODES, { bind: [epoch, revision], type: QueryTypes.SELECT })
  return rows.map((row) => ({
    nodeId: row.node_id,
    isEnrolled: row.enrolled !== null,
    lastHeartbeatAt: row.last_heartbeat_at,
    awaySince: row.away_since,
    drifts: row.drift_since !== null,
    result: row.result,
    serves: row.serving?.epoch === epoch && row.serving.revision === revision,
    isMeasured: row.since !== null,
    counts: row.started_at === null ? null : { served: row.served, startedAt: row.started_at },
    before: row.before,
    now: servedSince(row)
  }))
}

/** A node that started again meanwhile has counted from zero, under the same revision. */
function servedSince({ since, served, started_at }: Row): Served {
  if (since === null || served === null) return nothingServed()
  return since.startedAt === started_at && since.served !== null ? servedBetween(since.served, served) : served
}
