import { Redis } from 'ioredis'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { CHANNELS } from '../../shared/schema/channels.ts'
import type { EventKind, GatewayEvent } from '../../shared/schema/event.ts'

/** Hears what the control plane tells. */
export interface EventListener {
  events: GatewayEvent[]
  /** The first event of the kind, from now on or earlier. */
  first<K extends EventKind>(kind: K): Promise<Extract<GatewayEvent, { kind: K }>>
  stop(): void
}

export async function listenToEvents(redisUrl: string): Promise<EventListener> {
  const events: GatewayEvent[] = []
  const subscriber = new Redis(redisUrl)
  subscriber.on('message', (_channel, text) => events.push(JSON.parse(text)))
  await subscriber.subscribe(CHANNELS.events)
  return {
    events,
    async first<K extends EventKind>(kind: K) {
      await waitUntil(() => events.some((event) => event.kind === kind), { ms: 10_000, what: `an event ${kind}` })
      return events.find((event) => event.kind === kind) as Extract<GatewayEvent, { kind: K }>
    },
    stop: () => subscriber.disconnect()
  }
}
