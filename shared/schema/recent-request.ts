import Type from 'typebox'
import { strictObject, timestamp, uuid } from './field.ts'

const text = (maxLength: number, description?: string) => Type.String({ maxLength, ...(description === undefined ? {} : { description }) })
const count = (description?: string) => Type.Integer({ minimum: 0, ...(description === undefined ? {} : { description }) })

/** A request as people see it among the recent ones of a data node. */
export const RecentRequest = strictObject({
  time: timestamp({ description: 'When it ended.' }),
  requestId: text(128),
  client: text(64),
  tenant: text(128, 'Empty: none.'),
  listener: text(200),
  route: text(200),
  upstream: text(200),
  target: text(200),
  method: text(64),
  host: text(300),
  path: text(65_536, 'Without query.'),
  status: count(),
  code: text(64, 'Why the gateway answered itself or cut the connection; empty when it did not.'),
  attempts: count(),
  durationMs: Type.Number({ minimum: 0 }),
  firstByteMs: Type.Number({ minimum: 0, description: "Until the origin's head was there; 0: it never was." }),
  bytesIn: count(),
  bytesOut: count()
})
export type RecentRequest = Type.Static<typeof RecentRequest>

/** control-web asks the data nodes, over CHANNELS.questions: who served this request? */
export const RequestQuestion = strictObject({ questionId: uuid(), requestId: Type.String({ minLength: 1, maxLength: 128 }) })
export type RequestQuestion = Type.Static<typeof RequestQuestion>

/** The answer of the node that did, as JSON in a list of Redis. */
export const RequestAnswer = strictObject({ nodeId: Type.String({ minLength: 1, maxLength: 128 }), request: RecentRequest })
export type RequestAnswer = Type.Static<typeof RequestAnswer>

/** Redis: the list of answers to a question. */
export function answersKey(questionId: string): string {
  return `gateway:answers:${questionId}`
}
