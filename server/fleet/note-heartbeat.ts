import { QueryTypes } from 'sequelize'
import type { Desired, Heartbeat } from '../../shared/schema/node-api.ts'
import type { GatewayEvent } from '../../shared/schema/event.ts'
import { emitEvent, type EventDeps } from '../events/emit-event.ts'
import { type RecordedEvent, recordEvent } from '../events/record-event.ts'
import { inTransaction } from '../in-transaction.ts'
import type { Presence } from './presence.ts'
import { noteDrift } from './note-drift.ts'

interface Heard {
  drift_since: Date | null
  /** null: never. */
  heard_before: Date | null
  /** As it was told last. */
  presence: Presence
}

/** The row is locked, so that of several heartbeats one finds the node away. */
const HEAR = `
UPDATE nodes SET last_heartbeat_at = $2, heartbeat = $3::jsonb, address = coalesce($4, nodes.address), presence = 'online'
FROM (SELECT id, last_heartbeat_at AS heard_before, presence FROM nodes WHERE id = $1 FOR UPDATE) AS before
WHERE nodes.id = before.id
RETURNING nodes.drift_since, before.heard_before, before.presence`

/** Stores what a node says about itself, and what follows from it. `address`: where it says that from; null: not known. @returns what the node should serve */
export async function noteHeartbeat(deps: EventDeps, nodeId: string, heartbeat: Heartbeat, now: Date, address: string | null): Promise<Desired | null> {
  const { db } = deps
  const heard = await hear(deps, nodeId, heartbeat, now, address)
  if (heard === null) return null
  if (heard.event !== null) void emitEvent(deps, heard.event)
  await Promise.all([noteMinute(deps, nodeId, heartbeat, now), noteDrift(deps, { id: nodeId, driftSince: heard.driftSince }, heartbeat.serving, now)])
  const desired = await db.desired.findByPk(nodeId)
  return desired && { epoch: desired.epoch, revision: desired.revision, sha256: desired.sha256 }
}

/** The heartbeat, and the event of a node that was not heard of before it. @returns null for a node that is not enrolled any more */
async function hear({ db }: EventDeps, nodeId: string, heartbeat: Heartbeat, now: Date, address: string | null): Promise<{ driftSince: Date | null; event: RecordedEvent | null } | null> {
  return inTransaction(db, async (transaction) => {
    const [row] = await db.sequelize.query<Heard>(HEAR, { bind: [nodeId, now, JSON.stringify(heartbeat), address], type: QueryTypes.SELECT, transaction })
    if (row === undefined) return null
    const event = appearance(row, nodeId, heartbeat, now)
    return { driftSince: row.drift_since, event: event && (await recordEvent(db, event, transaction)) }
  })
}

function appearance({ heard_before: before, presence }: Heard, nodeId: string, { version }: Heartbeat, now: Date): GatewayEvent | null {
  const at = now.toISOString()
  if (before === null) return { kind: 'node_appeared', at, data: { nodeId, version } }
  return presence === 'online' ? null : { kind: 'node_online', at, data: { nodeId } }
}

/** The first heartbeat of each minute is kept; the others of it change nothing. */
async function noteMinute({ db }: EventDeps, nodeId: string, { served, startedAt, serving }: Heartbeat, now: Date): Promise<void> {
  if (served === undefined) return
  const at = new Date(Math.floor(now.getTime() / 60_000) * 60_000)
  await db.sequelize.query(
    `INSERT INTO node_minutes (node_id, at, started_at, revision, requests, errors, durations)
     SELECT $1, $2, $3, $4, $5, $6, $7::jsonb WHERE EXISTS (SELECT 1 FROM nodes WHERE id = $1) ON CONFLICT DO NOTHING`,
    { bind: [nodeId, at, startedAt, serving?.revision ?? null, served.requests, served.errors, JSON.stringify(served.durations)] }
  )
}
