import { QueryTypes } from 'sequelize'
import type { GatewayEvent } from '../../shared/schema/event.ts'
import type { Desired } from '../../shared/schema/node-api.ts'
import { emitEvent, type EventDeps } from '../events/emit-event.ts'
import { noticeGoneNodes } from '../events/notice-occurrences.ts'
import { type RecordedEvent, recordEvent } from '../events/record-event.ts'
import { inTransaction } from '../in-transaction.ts'
import { UNKNOWN_MS } from './node-state.ts'

const LOOK_EVERY_MS = 250
/** A node is gone after a minute; nobody needs to know that to the quarter of a second. */
const LOOK_FOR_GONE_EVERY_MS = 5_000
/** A node has this long to follow before it is told to be behind. */
const BEHIND_MS = 3_000

const SILENT = "UPDATE nodes SET presence = 'unknown' WHERE presence = 'online' AND last_heartbeat_at < $1 RETURNING id, last_heartbeat_at"

const SERVES_IT = "nodes.heartbeat->'serving'->>'epoch' = desired.epoch::text AND nodes.heartbeat->'serving'->>'revision' = desired.revision::text AND nodes.heartbeat->'serving'->>'sha256' = desired.sha256"
const BEHIND = `
UPDATE nodes SET told_behind = true FROM desired
WHERE desired.node_id = nodes.id AND NOT told_behind AND presence = 'online' AND desired.set_at < $1 AND (${SERVES_IT}) IS NOT TRUE
RETURNING nodes.id, nullif(nodes.heartbeat->'serving', 'null') AS serving, desired.epoch, desired.revision, desired.sha256`
const CAUGHT_UP = `UPDATE nodes SET told_behind = false FROM desired WHERE desired.node_id = nodes.id AND told_behind AND ${SERVES_IT} RETURNING nodes.id`

interface Silent {
  id: string
  last_heartbeat_at: Date
}

type Behind = Desired & { id: string; serving: Desired | null }

/**
 * Looks again and again for nodes that fell silent, stay behind or are gone, also while no control-jobs runs. Every
 * control-web does; the first that sees a change tells it.
 */
export function watchPresence(deps: EventDeps): { stop(): void } {
  let isLooking = false
  // Who begins after a while hears of the nodes first.
  let lookedForGone = performance.now()
  const look = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    try {
      await notePresence(deps, new Date())
      if (performance.now() - lookedForGone >= LOOK_FOR_GONE_EVERY_MS) {
        lookedForGone = performance.now()
        await noticeGoneNodes(deps, new Date())
      }
    } catch (error) {
      deps.log.debug({ reason: (error as Error).message }, 'the presence of nodes cannot be looked at')
    }
    isLooking = false
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  return { stop: () => clearInterval(timer) }
}

/** Tells what changed about nodes by time alone. */
export async function notePresence(deps: EventDeps, now: Date): Promise<void> {
  const recorded = await inTransaction(deps.db, async (transaction) => {
    const changed = <T extends object>(sql: string, ...bind: Date[]): Promise<T[]> => deps.db.sequelize.query<T>(sql, { bind, type: QueryTypes.SELECT, transaction })
    const events: RecordedEvent[] = []
    for (const event of await changes(changed, now)) events.push(await recordEvent(deps.db, event, transaction))
    return events
  })
  for (const event of recorded) void emitEvent(deps, event)
}

async function changes(changed: <T extends object>(sql: string, ...bind: Date[]) => Promise<T[]>, now: Date): Promise<GatewayEvent[]> {
  const at = now.toISOString()
  const before = (ms: number): Date => new Date(now.getTime() - ms)
  const silent = await changed<Silent>(SILENT, before(UNKNOWN_MS))
  const behind = await changed<Behind>(BEHIND, before(BEHIND_MS))
  const caughtUp = await changed<{ id: string }>(CAUGHT_UP)
  return [
    ...silent.map(({ id, last_heartbeat_at: last }): GatewayEvent => ({ kind: 'node_unknown', at, data: { nodeId: id, lastHeartbeatAt: last.toISOString() } })),
    ...behind.map(({ id, serving, epoch, revision, sha256 }): GatewayEvent => ({ kind: 'node_behind', at, data: { nodeId: id, serving, desired: { epoch, revision, sha256 } } })),
    ...caughtUp.map(({ id }): GatewayEvent => ({ kind: 'node_caught_up', at, data: { nodeId: id } }))
  ]
}
