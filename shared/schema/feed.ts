import Type from 'typebox'
import { strictObject, timestamp, words } from './field.ts'
import { ServedCounts } from './node-api.ts'

const count = () => Type.Integer({ minimum: 0 })

/** Body on CHANNELS.samples: what a node counted since it started; each second, as long as somebody wants that. */
export const NodeSample = strictObject({
  nodeId: Type.String({ minLength: 1, maxLength: 128 }),
  startedAt: timestamp(),
  at: Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000, description: 'In milliseconds since 1970, by the clock of the node.' }),
  served: ServedCounts,
  responses: Type.Array(count(), { minItems: 6, maxItems: 6, description: 'By class of status; the first: the client got no whole answer.' }),
  connections: count(),
  eventLoopDelayMs: Type.Number({ minimum: 0 })
})
export type NodeSample = Type.Static<typeof NodeSample>

const rate = (description: string) => Type.Number({ minimum: 0, description })
const quantile = () => Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description: 'Milliseconds; null: nothing was answered.' })

/** What was served in the last second. */
export const Traffic = strictObject({
  requestsPerSecond: rate('Answered.'),
  perSecond: strictObject({ cut: rate('The client got no whole answer.'), '1xx': rate(''), '2xx': rate(''), '3xx': rate(''), '4xx': rate(''), '5xx': rate('') }, { description: 'Answers by class of status.' }),
  errorRate: Type.Number({ minimum: 0, maximum: 1, description: 'The share of 5xx.' }),
  p50: quantile(),
  p95: quantile(),
  p99: quantile(),
  connections: count(),
  eventLoopDelayMs: Type.Number({ minimum: 0, description: 'p99 of the worst thread.' })
})
export type Traffic = Type.Static<typeof Traffic>

/** The first message of the live feed, and each second's metrics. Everything else on it is a GatewayEvent. */
export const FeedHello = strictObject({
  kind: words(['hello']),
  at: timestamp({ description: 'Give it as `since` when you come back, or the `at` of the last event that you got.' }),
  complete: Type.Boolean({ description: 'No event since `since` is missing; else read the lists again. Without `since`: true.' })
})
export type FeedHello = Type.Static<typeof FeedHello>

/** Redis was away: events may be missing. */
export const FeedGap = strictObject({ kind: words(['gap']), at: timestamp() })
export type FeedGap = Type.Static<typeof FeedGap>

export const FeedMetrics = strictObject({
  kind: words(['metrics']),
  at: timestamp(),
  fleet: Traffic,
  nodes: Type.Array(strictObject({ nodeId: Type.String(), traffic: Traffic }), { maxItems: 1_000 })
})
export type FeedMetrics = Type.Static<typeof FeedMetrics>
