import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { EventKind, GatewayEvent } from '../../shared/schema/event.ts'
import { GONE_MS } from '../fleet/presence.ts'
import { inTransaction } from '../in-transaction.ts'
import { emitEvent, type EventDeps } from './emit-event.ts'
import { type RecordedEvent, recordEvent } from './record-event.ts'

/** A certificate is due when it has less than this left, or less than a quarter of its lifetime. ACME renews earlier. */
const DUE_DAYS = 14

/** Something that lasts: an event when it begins, and perhaps one when it ends. */
interface Watch {
  kind: EventKind
  /** What is so now, by its subject. */
  find(db: Database, now: Date): Promise<Map<string, GatewayEvent>>
  ended?: (subject: string, at: string) => GatewayEvent
}

const GONE: Watch = { kind: 'node_gone', find: goneNodes, ended: (nodeId, at) => ({ kind: 'node_back', at, data: { nodeId } }) }
const WATCHES: readonly Watch[] = [
  GONE,
  { kind: 'certificate_due', find: dueCertificates },
  { kind: 'certificate_failed', find: failedCertificates }
]

/**
 * Finds nodes that are gone and certificates that are due or failed, and tells of each once while it lasts, however many
 * processes look. @returns how many events were told
 */
export async function noticeOccurrences(deps: EventDeps, now: Date): Promise<number> {
  let told = 0
  for (const watch of WATCHES) told += await notice(deps, watch, now)
  return told
}

/** The part of it that control-web looks at, too. @returns how many events were told */
export async function noticeGoneNodes(deps: EventDeps, now: Date): Promise<number> {
  return notice(deps, GONE, now)
}

async function notice(deps: EventDeps, watch: Watch, now: Date): Promise<number> {
  const events = await inTransaction(deps.db, (transaction) => noticeKind(deps.db, transaction, watch, now))
  for (const event of events) void emitEvent(deps, event)
  return events.length
}

async function noticeKind(db: Database, transaction: Transaction, { kind, find, ended }: Watch, now: Date): Promise<RecordedEvent[]> {
  const current = await find(db, now)
  const at = now.toISOString()
  const begun = await db.sequelize.query<{ subject: string }>(
    'INSERT INTO occurrences (kind, subject, since) SELECT $1::text, unnest($2::text[]), $3::timestamptz ON CONFLICT DO NOTHING RETURNING subject',
    { bind: [kind, [...current.keys()], now], type: QueryTypes.SELECT, transaction }
  )
  // What another process found after this one had looked is not over.
  const over = await db.sequelize.query<{ subject: string }>('DELETE FROM occurrences WHERE kind = $1 AND NOT (subject = ANY($2::text[])) AND since <= $3 RETURNING subject', { bind: [kind, [...current.keys()], now], type: QueryTypes.SELECT, transaction })
  const events = [...begun.flatMap(({ subject }) => current.get(subject) ?? []), ...(ended ? over.map(({ subject }) => ended(subject, at)) : [])]
  const recorded: RecordedEvent[] = []
  for (const event of events) recorded.push(await recordEvent(db, event, transaction))
  return recorded
}

async function goneNodes(db: Database, now: Date): Promise<Map<string, GatewayEvent>> {
  const rows = await db.sequelize.query<{ id: string; at: Date }>(`SELECT id, last_heartbeat_at AS at FROM nodes WHERE last_heartbeat_at < $1::timestamptz - interval '${GONE_MS} ms'`, { bind: [now], type: QueryTypes.SELECT })
  return new Map(rows.map(({ id, at }) => [id, { kind: 'node_gone', at: now.toISOString(), data: { nodeId: id, lastHeartbeatAt: at.toISOString() } }]))
}

async function dueCertificates(db: Database, now: Date): Promise<Map<string, GatewayEvent>> {
  const rows = await db.sequelize.query<{ id: string; name: string; tenant_code: string | null; not_after: Date }>(
    `SELECT id, name, tenant_code, not_after FROM certificates WHERE deleted_at IS NULL
       AND not_after < $1::timestamptz + least(interval '${DUE_DAYS} days', (not_after - (facts->>'notBefore')::timestamptz) / 4)`,
    { bind: [now], type: QueryTypes.SELECT }
  )
  return new Map(rows.map(({ id, name, tenant_code: tenantCode, not_after: notAfter }) => [id, { kind: 'certificate_due', at: now.toISOString(), ...(tenantCode === null ? {} : { tenantCode }), data: { certificateId: id, name, notAfter: notAfter.toISOString() } }]))
}

async function failedCertificates(db: Database, now: Date): Promise<Map<string, GatewayEvent>> {
  const rows = await db.sequelize.query<{ name: string; reason: string | null }>("SELECT name, last_error AS reason FROM acme_names WHERE status = 'failed' OR attempts > 0", { type: QueryTypes.SELECT })
  return new Map(rows.map(({ name, reason }) => [name, { kind: 'certificate_failed', at: now.toISOString(), data: { name, reason: (reason ?? 'unknown').slice(0, 2048) } }]))
}
