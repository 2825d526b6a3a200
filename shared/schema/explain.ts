import Type from 'typebox'
import { integer, line, strictObject, token } from './field.ts'
import { TenantCode } from './resource.ts'

const text = (description: string) => Type.String({ description })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** A request that somebody wonders about. */
export const ExplainRequest = strictObject({
  method: token(32, { default: 'GET' }),
  url: Type.String({ maxLength: 8192, pattern: '^https?://[^/?#\\s]+([/?][^#\\s]*)?$', form: 'http://HOST[:PORT]/PATH?QUERY', description: 'As the client sees it, http or https; scheme and port are those of the listener that it asks, unless `listener` names one.' }),
  headers: Type.Array(Type.String({ maxLength: 8192 }), { maxItems: 100, default: [], description: 'Header lines, such as "X-Tenant-Code: acme".' }),
  listener: Type.Optional(line(200, { description: 'Id or name of a listener, where its port is not that of the URL.' })),
  clientAddress: Type.String({ maxLength: 45, default: '192.0.2.1', format: 'ip-address' }),
  websocket: Type.Boolean({ default: false, description: 'It asks to become a WebSocket.' }),
  bodyBytes: integer({ title: 'Body', description: 'Length of its body.', unit: 'bytes', default: 0 }),
  token: Type.Optional(strictObject({ user: Type.String({ maxLength: 256, pattern: '^[\\x20-\\x7e]*$', form: 'printable ASCII', default: '' }), tenantCode: Type.Optional(TenantCode) }, { description: 'What a verified token would say.' }))
})
export type ExplainRequest = Type.Static<typeof ExplainRequest>

const ExplainedRequest = strictObject({
  method: Type.String(),
  host: text('In lower case, without port.'),
  port: Type.Integer({ description: 'Of the Host header.' }),
  path: text('Normalized: routes see this.'),
  query: text('With its "?", or empty.'),
  websocket: Type.Boolean(),
  user: text('Of the token; empty: nobody.'),
  tenantCode: text('Empty: none.'),
  tenantSource: Type.Enum(['token', 'header', '']),
  token: Type.Enum(['none', 'valid', 'invalid', 'unverified'], { description: 'unverified: the request brings one that only data nodes can verify; it is explained as one with an invalid token. `token` of the question says what a verified one would say.' })
})
export type ExplainedRequest = Type.Static<typeof ExplainedRequest>

export const ExplainedCandidate = strictObject({
  routeId: Type.String(),
  name: Type.String(),
  outcome: Type.Enum(['wins', 'fits', 'lost'], { description: 'fits: it would take the request, and another goes first.' }),
  criterion: text('The first criterion that the request does not meet; empty when it meets all.'),
  wanted: text('What the route asks for there.'),
  came: text('What the request has there.')
})
export type ExplainedCandidate = Type.Static<typeof ExplainedCandidate>

export const ExplainedTarget = strictObject({ targetId: Type.String(), address: Type.String(), enabled: Type.Boolean(), takenOut: Type.Boolean({ description: 'A person took it out; see POST /targets/restore.' }), weight: Type.Integer({ description: 'As configured, or as a person said.' }), share: nullable(Type.Number({ description: 'Of the requests, from 0 to 1; null where load decides.' })), isChosen: Type.Boolean() })
export type ExplainedTarget = Type.Static<typeof ExplainedTarget>

export const ExplainedUpstream = strictObject({
  upstreamId: Type.String(),
  name: Type.String(),
  share: Type.Number({ description: 'Of the requests of the route, from 0 to 1.' }),
  isChosen: Type.Boolean({ description: 'This request goes there for certain.' }),
  balancing: Type.String(),
  why: text('How the target is chosen.'),
  targets: Type.Array(ExplainedTarget)
})
export type ExplainedUpstream = Type.Static<typeof ExplainedUpstream>

export const ExplainedAction = strictObject({
  kind: Type.Enum(['maintenance', 'redirect', 'respond', 'upstream', 'preflight', 'redirectToHttps'], { description: 'preflight: the CORS policy of the route answers; redirectToHttps: the listener does, whatever routes there are.' }),
  status: Type.Integer({ description: 'Of the answer that the gateway gives itself; 0: an origin answers.' }),
  location: text('Of a redirect; else empty.'),
  upstreams: Type.Array(ExplainedUpstream),
  mirror: nullable(strictObject({ upstreamId: Type.String(), percent: Type.Number() }))
})
export type ExplainedAction = Type.Static<typeof ExplainedAction>

export const ExplainedStep = strictObject({
  transform: nullable(Type.Record(Type.String(), Type.String(), { description: 'As configured; null: what the gateway does by itself.' })),
  changes: Type.Array(Type.String(), { description: '"- " before a line that went, "+ " before one that came.' })
})
export type ExplainedStep = Type.Static<typeof ExplainedStep>

export const ExplainedSetting = strictObject({ name: Type.String(), value: Type.String(), from: Type.Enum(['route', 'upstream', 'listener']) })
export type ExplainedSetting = Type.Static<typeof ExplainedSetting>

export const ExplainedPolicy = strictObject({
  field: text('Of the route, that names it.'),
  name: Type.String(),
  mode: Type.Enum(['enforce', 'observe', ''], { description: 'Empty where there is no such policy.' }),
  outcome: Type.Enum(['passes', 'refuses', 'answers', 'applies', 'depends', 'skipped'], { description: 'depends: only a data node can tell, as the reason says; skipped: the gateway answers before it asks the policy.' }),
  reason: Type.String()
})
export type ExplainedPolicy = Type.Static<typeof ExplainedPolicy>

/** What becomes of a request, and why. What comes after the point where it ends is empty or null. */
export const Explanation = strictObject({
  refused: nullable(strictObject({ status: Type.Integer(), code: Type.String(), message: Type.String() }, { description: 'Why the gateway turns the request away; null when it does not.' })),
  request: nullable(ExplainedRequest),
  listener: nullable(strictObject({ id: Type.String(), name: Type.String() })),
  candidates: Type.Array(ExplainedCandidate, { description: 'The routes that came closest, in the order in which they are tried.' }),
  omitted: Type.Record(Type.String(), Type.Integer(), { description: 'How many more lost, by criterion.' }),
  route: nullable(strictObject({ id: Type.String(), name: Type.String() })),
  policies: Type.Array(ExplainedPolicy, { description: 'Of the route, as its fields name them; docs/REQUEST.md has the order in which they are asked.' }),
  action: nullable(ExplainedAction),
  settings: Type.Array(ExplainedSetting, { description: 'Limits and timeouts of the route, and who set them.' }),
  steps: Type.Array(ExplainedStep, { description: 'From the request as it came to the request as the origin sees it.' }),
  forwarded: nullable(Type.String({ description: 'The head that the origin gets; its request id is made up. Null where no origin gets one.' })),
  responseTransforms: Type.Array(Type.Record(Type.String(), Type.String()), { description: 'In their order.' })
})
export type Explanation = Type.Static<typeof Explanation>
