import Type from 'typebox'
import { strictObject, uuid } from './field.ts'
import { ConnectionCount, ConnectionFilter, OpenConnection } from './open-connection.ts'
import { RefusalCount } from './refusal-count.ts'
import { RecentRequest, RequestFilter } from './recent-request.ts'
import { TargetLoad } from './target-load.ts'

const questionId = uuid()
const nodeId = Type.String({ minLength: 1, maxLength: 128 })
const id = Type.String({ minLength: 1, maxLength: 128 })

const tenants = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 100 }))

/** Most requests that one node tells of. */
export const MOST_REQUESTS = 200

/** Most connections that one node tells of. */
export const MOST_CONNECTIONS = 500

/**
 * What control-web asks the data nodes, over CHANNELS.questions. `request`: who served this request? `requests`: which ones did
 * you serve lately? `connections`: which WebSockets are open? `connectionCounts`: how many, by route and port?
 * `closeConnection`: close this one. `refusals`: what did this policy refuse? `targets`: what do you do with the targets of this
 * upstream?
 * `tenants`: only those of these tenants are meant; absent: all.
 * `samples`: tell on CHANNELS.samples what you count, for so many seconds; nothing is answered.
 * `certificate`: what does the node `of` show a client that asks for this name?
 */
export const NodeQuestion = Type.Union([
  strictObject({ questionId, kind: Type.Literal('request'), requestId: id }),
  strictObject({ questionId, kind: Type.Literal('requests'), filter: RequestFilter, tenants }),
  strictObject({ questionId, kind: Type.Literal('connections'), filter: ConnectionFilter, tenants }),
  strictObject({ questionId, kind: Type.Literal('connectionCounts') }),
  strictObject({ questionId, kind: Type.Literal('closeConnection'), connectionId: id, tenants }),
  strictObject({ questionId, kind: Type.Literal('refusals'), policyId: uuid() }),
  strictObject({ questionId, kind: Type.Literal('targets'), upstreamId: uuid() }),
  strictObject({ questionId, kind: Type.Literal('samples'), seconds: Type.Integer({ minimum: 1, maximum: 30 }) }),
  strictObject({ questionId, kind: Type.Literal('certificate'), of: nodeId, name: Type.String({ maxLength: 253 }), port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })) })
])
export type NodeQuestion = Type.Static<typeof NodeQuestion>

/** Answers, as JSON in a list of Redis. A node that did not serve the request says nothing. */
export const RequestAnswer = strictObject({ nodeId, request: RecentRequest })
export type RequestAnswer = Type.Static<typeof RequestAnswer>

export const RequestsAnswer = strictObject({ nodeId, requests: Type.Array(RecentRequest, { maxItems: MOST_REQUESTS }) })
export type RequestsAnswer = Type.Static<typeof RequestsAnswer>

export const ConnectionsAnswer = strictObject({ nodeId, total: Type.Integer({ minimum: 0 }), connections: Type.Array(OpenConnection, { maxItems: MOST_CONNECTIONS }) })
export type ConnectionsAnswer = Type.Static<typeof ConnectionsAnswer>

export const ConnectionCountsAnswer = strictObject({ nodeId, counts: Type.Array(ConnectionCount) })
export type ConnectionCountsAnswer = Type.Static<typeof ConnectionCountsAnswer>

export const CloseAnswer = strictObject({ nodeId, closed: Type.Boolean() })
export type CloseAnswer = Type.Static<typeof CloseAnswer>

export const RefusalsAnswer = strictObject({ nodeId, refusals: Type.Array(RefusalCount, { maxItems: 1000 }) })
export type RefusalsAnswer = Type.Static<typeof RefusalsAnswer>

export const TargetsAnswer = strictObject({ nodeId, targets: Type.Array(TargetLoad, { maxItems: 10_000 }) })
export type TargetsAnswer = Type.Static<typeof TargetsAnswer>

/** Redis: the list of answers to a question. */
export function answersKey(questionId: string): string {
  return `gateway:answers:${questionId}`
}
