import { CHANNELS } from '../../shared/schema/channels.ts'
import type { GatewayEvent } from '../../shared/schema/event.ts'
import type { Deps } from '../deps.ts'
import { type RecordedEvent, recordEvent } from './record-event.ts'

/** Readers may count on it. Events are small by their schema; what is larger is a mistake of ours and is not sent. */
export const MOST_EVENT_BYTES = 64 * 1024

/** As much as an event needs; both control-web and control-jobs have it. */
export type EventDeps = Pick<Deps, 'db' | 'redis' | 'log'>

/**
 * Tells what happened, after the commit of what made it happen. One that was not recorded with the change is recorded
 * now, for webhooks. The live feed is best effort: it does not hear of it while Redis is away. Never rejects; nobody
 * needs to wait for it.
 * @returns whether Redis took it.
 */
export async function emitEvent(deps: EventDeps, told: GatewayEvent | RecordedEvent): Promise<boolean> {
  const event = 'event' in told ? told.event : told
  deps.log.info({ event }, 'event')
  if (!('event' in told)) await recordEvent(deps.db, told).catch((error: Error) => deps.log.error({ kind: event.kind, reason: error.message }, 'an event could not be recorded; webhooks do not get it'))
  const text = JSON.stringify(event)
  try {
    if (Buffer.byteLength(text) > MOST_EVENT_BYTES) throw new Error(`larger than ${MOST_EVENT_BYTES} bytes`)
    await deps.redis.publish(CHANNELS.events, text)
    return true
  } catch (error) {
    deps.log.debug({ kind: event.kind, reason: (error as Error).message }, 'an event could not be sent')
    return false
  }
}
