import type { GatewayEvent } from '../../../shared/schema/event.ts'
import type { FeedGap, FeedHello, FeedMetrics } from '../../../shared/schema/feed.ts'

export type FeedMessage = GatewayEvent | FeedHello | FeedGap | FeedMetrics

/** One message of the feed; null for what is none. A kind that this page does not know passes: it is left to nobody. */
export function parseMessage(text: unknown): FeedMessage | null {
  if (typeof text !== 'string') return null
  try {
    const value: unknown = JSON.parse(text)
    const isMessage = typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string' && 'at' in value && typeof value.at === 'string'
    return isMessage ? (value as FeedMessage) : null
  } catch {
    return null
  }
}
