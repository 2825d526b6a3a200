import Type from 'typebox'
import { strictObject, timestamp, words } from './field.ts'

const text = (maxLength: number, description?: string) => Type.String({ maxLength, ...(description === undefined ? {} : { description }) })
const count = () => Type.Integer({ minimum: 0 })

/** An open WebSocket as people see it. */
export const OpenConnection = strictObject({
  id: text(128, 'That of the request that opened it (X-Request-Id).'),
  since: timestamp(),
  listener: text(200),
  routeId: text(64),
  route: text(200),
  upstream: text(200),
  target: text(200),
  tenant: text(128, 'Empty: none.'),
  user: text(256, 'Empty: nobody.'),
  client: text(64),
  host: text(300),
  path: text(1_000, 'Without query; a long one is cut.'),
  bytesIn: count(),
  bytesOut: count(),
  messagesIn: count(),
  messagesOut: count()
})
export type OpenConnection = Type.Static<typeof OpenConnection>

/** Which open WebSockets are asked for; what is absent takes all. */
export const ConnectionFilter = strictObject({
  routeId: Type.Optional(text(64, 'Of one route.')),
  listener: Type.Optional(text(200, 'Of the listener with this name.')),
  tenant: Type.Optional(text(128, 'Of one tenant.')),
  client: Type.Optional(text(64, 'Of one client address.'))
})
export type ConnectionFilter = Type.Static<typeof ConnectionFilter>

/** The open WebSockets of one route on one port. */
export const ConnectionCount = strictObject({
  routeId: text(64),
  route: text(200),
  address: text(45),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  onRemove: words(['keep', 'drain', 'close'], { description: 'What their route promised when they were opened.' }),
  open: count()
})
export type ConnectionCount = Type.Static<typeof ConnectionCount>
