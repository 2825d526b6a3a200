import Type from 'typebox'
import { GatewayEvent } from '../../../shared/schema/event.ts'
import { FeedGap, FeedHello, FeedMetrics } from '../../../shared/schema/feed.ts'
import { FeedQuery } from '../../feed/feed-query.ts'
import { AppError } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'

/** Described here; what asks for a WebSocket is answered by server/feed. */
export const eventEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/events',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'events',
    summary: 'The live feed: a WebSocket on which everything that happens is told, and what the fleet serves each second',
    query: FeedQuery,
    answers: { 101: { description: 'One of these in each message. Events of one tenant are all that its people see, without metrics.', schema: Type.Union([FeedHello, FeedGap, FeedMetrics, GatewayEvent]) } },
    async handle() {
      throw new AppError('upgrade_required', { message: 'The live feed is a WebSocket: send Connection: Upgrade and Upgrade: websocket.', headers: { upgrade: 'websocket' } })
    }
  })
]
