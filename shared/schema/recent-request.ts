import Type from 'typebox'
import { strictObject, timestamp, words } from './field.ts'

const text = (maxLength: number, description?: string) => Type.String({ maxLength, ...(description === undefined ? {} : { description }) })
const count = (description?: string) => Type.Integer({ minimum: 0, ...(description === undefined ? {} : { description }) })

/** A request as people see it among the recent ones of a data node. */
export const RecentRequest = strictObject({
  time: timestamp({ description: 'When it ended.' }),
  requestId: text(128),
  client: text(64),
  tenant: text(128, 'Empty: none.'),
  // Nodes of before do not tell of these four.
  tenantSource: Type.Enum(['token', 'header', ''], { description: 'How the tenant is known; empty: there is none.', default: '' }),
  token: Type.Enum(['none', 'valid', 'invalid'], { description: 'Of an identity provider.', default: 'none' }),
  scheme: Type.Enum(['http', 'https'], { description: 'As the client asked, if a trusted proxy said so.', default: 'http' }),
  port: Type.Integer({ minimum: 0, maximum: 65_535, description: 'Of the Host header, else that of the scheme; 0: not known.', default: 0 }),
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

const part = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 300, description }))

/** Which recent requests are asked for; what is absent takes all. */
export const RequestFilter = strictObject({
  route: part('Only routes whose name contains this, letter case ignored.'),
  url: part('Only where host and path together contain this.'),
  client: part('Only client addresses that contain this.'),
  tenant: part('Only tenants that contain this.'),
  method: part('Only methods that contain this.'),
  outcome: Type.Optional(words(['good', 'refused', 'failed', 'gateway'], { description: 'good: below 400; refused: 4xx; failed: 5xx, or no answer at all; gateway: answered or cut by the gateway itself.' }))
})
export type RequestFilter = Type.Static<typeof RequestFilter>
