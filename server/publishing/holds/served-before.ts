import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../../db/database.ts'
import { nothingServed, type Served, servedBetween } from '../../../shared/traffic/served.ts'

/** What a canary is compared with: what its nodes served in this time before it. */
const BASELINE_MS = 10 * 60_000

interface Row {
  id: string
  started_at: string | null
  served: Served | null
  requests: string | null
  errors: string | null
  durations: number[] | null
}

/** The newest counts of each node beside the oldest of the last minutes that belong to the same start. */
const COUNTS = `
SELECT n.id, n.heartbeat->>'startedAt' AS started_at, n.heartbeat->'served' AS served, m.requests, m.errors, m.durations
FROM nodes n LEFT JOIN LATERAL (
  SELECT requests, errors, durations FROM node_minutes
  WHERE node_id = n.id AND at >= $2 AND started_at = (n.heartbeat->>'startedAt')::timestamptz ORDER BY at LIMIT 1) m ON true
WHERE n.id = ANY($1)`

/** What each of these nodes served in the minutes before `now`; a node that does not tell, or began just now, nothing. */
export async function servedBefore(db: Database, transaction: Transaction, nodes: readonly string[], now: Date): Promise<(nodeId: string) => Served> {
  const since = new Date(now.getTime() - BASELINE_MS)
  const rows = await db.sequelize.query<Row>(COUNTS, { bind: [nodes, since], type: QueryTypes.SELECT, transaction })
  const before = new Map(rows.map((row) => [row.id, servedSince(row, since)]))
  return (nodeId) => before.get(nodeId) ?? nothingServed()
}

function servedSince(row: Row, since: Date): Served {
  if (row.served === null || row.started_at === null) return nothingServed()
  // A node that started within that time counted from zero.
  if (new Date(row.started_at) >= since) return row.served
  if (row.durations === null) return nothingServed()
  return servedBetween({ requests: Number(row.requests), errors: Number(row.errors), durations: row.durations }, row.served)
}
