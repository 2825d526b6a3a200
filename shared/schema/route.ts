import Type from 'typebox'
import { flag, integer, line, strictObject, token, uuid, words } from './field.ts'
import { Match } from './match.ts'
import { TenantCode, commonFields } from './resource.ts'
import { Retry } from './retry.ts'
import { LoadBalancing } from './upstream.ts'

const Split = strictObject({
  upstreamId: uuid({ title: 'Upstream', description: 'Upstream that gets this share.' }),
  weight: integer({ title: 'Weight', description: 'Share against the other entries.', default: 1, minimum: 0, maximum: 1000 })
})

export const Redirect = strictObject(
  {
    to: Type.String({ title: 'To', description: 'Location; {path}, {query} and {host} are filled in.', pattern: '^[\\x21-\\x7e]+$', form: 'visible ASCII characters', maxLength: 4096 }),
    status: Type.Enum([301, 302, 303, 307, 308], { title: 'Status', description: 'Status of the redirect.', default: 308 })
  },
  { title: 'Redirect', description: 'Answer with a redirect.' }
)

/** RFC 9110 section 5.5, without obs-text beyond Latin-1 and without CR and LF. */
const headerValue = Type.String({ pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$', form: 'a header value: no line breaks or control characters', maxLength: 8192 })
const headerMap = Type.Record(token(256), headerValue, { title: 'Headers', description: 'Header fields of the answer.', default: {}, maxProperties: 64 })

const Respond = strictObject(
  {
    status: Type.Integer({ title: 'Status', description: 'Status of the answer.', minimum: 200, maximum: 599 }),
    headers: headerMap,
    body: Type.String({ title: 'Body', description: 'Body of the answer.', default: '', maxLength: 65_536 })
  },
  { title: 'Respond', description: 'Answer from the gateway itself.' }
)

export const Maintenance = strictObject(
  {
    enabled: flag('Enabled', 'Answer every request with the maintenance answer.', false),
    status: Type.Integer({ title: 'Status', description: 'Status of the answer.', default: 503, minimum: 200, maximum: 599 }),
    retryAfterSeconds: Type.Optional(Type.Integer({ title: 'Retry-After', description: 'Written into Retry-After.', unit: 's', minimum: 0, maximum: 31_536_000 })),
    body: Type.String({ title: 'Body', description: 'Body of the answer.', default: '', maxLength: 65_536 })
  },
  { title: 'Maintenance', description: 'Takes a route out of service with a friendly answer.', default: {} }
)

const RouteTimeouts = strictObject(
  {
    connectMs: Type.Optional(Type.Integer({ title: 'Connect', description: "Time for a connection to open; the upstream's by default.", unit: 'ms', minimum: 1, maximum: 600_000 })),
    activityMs: integer({ title: 'Activity', description: 'Longest time without a byte in either direction.', unit: 'ms', default: 100_000, minimum: 1, maximum: 86_400_000 }),
    totalMs: integer({ title: 'Total', description: 'Longest time of a whole request; 0 means none.', unit: 'ms', default: 0 }),
    websocketIdleMs: integer({ title: 'WebSocket idle', description: 'Longest silence on an open WebSocket; 0 means none.', unit: 'ms', default: 0 })
  },
  { title: 'Timeouts', description: 'How long a request may take.', default: {} }
)

const Mirror = strictObject(
  {
    upstreamId: uuid({ title: 'Upstream', description: 'Upstream that gets the copies.' }),
    percent: Type.Number({ title: 'Percent', description: 'Share of requests copied.', unit: '%', default: 100, minimum: 0, maximum: 100 })
  },
  { title: 'Mirror', description: 'Copies requests of up to 128 KiB to another upstream; its answers are thrown away, and the request itself does not wait for it.' }
)

export type OnRemove = Type.Static<typeof OnRemove>
export const OnRemove = strictObject(
  {
    connections: words(['keep', 'drain', 'close'], { title: 'Connections', description: 'What happens to open WebSockets when the route goes away.', default: 'keep' }),
    drainSeconds: integer({ title: 'Drain', description: 'Time over which they are closed.', unit: 's', default: 30, maximum: 3600 })
  },
  { title: 'On remove', description: 'The promise to live connections when the route is removed.', default: {} }
)

const policyName = (title: string, description: string) => Type.Optional(Type.String({ title, description, minLength: 1, maxLength: 200 }))

/** Match rules and what is done with the requests that fit. */
export const Route = strictObject(
  {
    ...commonFields,
    tenantCode: Type.Optional(TenantCode),
    isGlobal: Type.Optional(Type.Literal(true, { title: 'Global', description: 'Serves every tenant; exactly one of this and a tenant code.' })),
    serviceName: Type.Optional(Type.String({ title: 'Service', description: 'Name of the service behind the route, for people.', maxLength: 200 })),
    listenerIds: Type.Array(uuid(), { title: 'Listeners', description: 'Listeners that serve the route; empty means all.', default: [], maxItems: 256, uniqueItems: true }),
    match: Match,
    priority: Type.Integer({ title: 'Priority', description: 'Bigger wins.', default: 0, minimum: -1_000_000_000, maximum: 1_000_000_000 }),
    upstreamId: Type.Optional(uuid({ title: 'Upstream', description: 'Upstream that gets the requests.' })),
    split: Type.Optional(Type.Array(Split, { title: 'Split', description: 'Several upstreams by weight.', minItems: 1, maxItems: 32 })),
    splitSticky: flag('Sticky split', 'One client keeps its share of the split.', false),
    redirect: Type.Optional(Redirect),
    respond: Type.Optional(Respond),
    maintenance: Maintenance,
    loadBalancing: Type.Optional(LoadBalancing),
    transforms: Type.Array(Type.Record(line(128), Type.String({ maxLength: 8192 }), { maxProperties: 16 }), { title: 'Transforms', description: "Changes to request and response, in order, with YARP's keys.", default: [], maxItems: 128 }),
    forwardPath: words(['normalized', 'raw'], { title: 'Forwarded path', description: 'raw forwards the path as received (signed URLs); never on guarded routes.', default: 'normalized' }),
    timeouts: RouteTimeouts,
    retry: Type.Optional(Retry),
    mirror: Type.Optional(Mirror),
    maxRequestBodyBytes: Type.Optional(Type.Integer({ title: 'Request body', description: "Largest request body instead of the listener's; 0 means no limit.", unit: 'bytes', minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    authorizationPolicy: policyName('Authorization policy', 'Name of the policy that decides who may come in; "anonymous": none.'),
    rateLimiterPolicy: policyName('Rate limiter policy', 'Name of the policy that decides how often; "disable": none.'),
    corsPolicy: policyName('CORS policy', 'Name of the policy that answers browsers of other origins; "disable": none.'),
    compressionPolicy: policyName('Compression policy', 'Name of the policy that compresses answers; "disable": none.'),
    responseGuardPolicy: policyName('Response guard policy', 'Name of the policy that bounds answers in size and time; "disable": none.'),
    onRemove: OnRemove
  },
  { title: 'Route', description: 'Match rules and what is done with the requests that fit.' }
)
export type Route = Type.Static<typeof Route>
