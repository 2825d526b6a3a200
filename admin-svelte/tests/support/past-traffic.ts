import pg from 'pg'
import { BUCKETS } from '../../../shared/traffic/latency-bounds.ts'

const MINUTES = 55
const MINUTE_MS = 60_000

/** Samples of the last hour of a node, as it would have reported them: a picture of traffic needs a past. */
export async function writePastTraffic(databaseUrl: string, nodeId: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const end = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS
  const startedAt = new Date(end - 24 * 60 * MINUTE_MS)
  let requests = 0
  let errors = 0
  const durations = Array.from({ length: BUCKETS }, () => 0)
  for (let minute = MINUTES; minute >= 1; minute--) {
    const served = Math.round(9_000 + 4_000 * Math.sin(minute / 7) + 900 * Math.sin(minute * 1.7))
    const wrong = minute > 18 && minute < 24 ? Math.round(served * 0.06) : Math.round(served * 0.001)
    requests += served
    errors += wrong
    durations[2] = (durations[2] ?? 0) + Math.round(served * 0.7)
    durations[4] = (durations[4] ?? 0) + Math.round(served * 0.27)
    durations[6] = (durations[6] ?? 0) + served - Math.round(served * 0.7) - Math.round(served * 0.27)
    await client.query('INSERT INTO node_minutes (node_id, at, started_at, revision, requests, errors, durations) VALUES ($1, $2, $3, 1, $4, $5, $6) ON CONFLICT DO NOTHING', [nodeId, new Date(end - minute * MINUTE_MS), startedAt, requests, errors, JSON.stringify(durations)])
  }
  await client.end()
}
