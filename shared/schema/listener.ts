import Type from 'typebox'
import { flag, integer, strictObject, token, uuid, words } from './field.ts'
import { commonFields } from './resource.ts'

export const ListenerLimits = strictObject(
  {
    maxHeaderBytes: integer({ title: 'Header bytes', description: 'Largest request head; more is answered 431. Over HTTP/2 a head of more than 65,535 bytes resets its stream.', unit: 'bytes', default: 32768, minimum: 1024, maximum: 1_048_576 }),
    maxHeaders: integer({ title: 'Header fields', description: 'Most header fields in a request; more is answered 431. Over HTTP/2 the parts of a cookie count as one field.', default: 100, minimum: 10, maximum: 1000 }),
    headerTimeoutMs: integer({ title: 'Header timeout', description: 'Time for a whole request head to arrive; then 408.', unit: 'ms', default: 10000, minimum: 100, maximum: 600_000 }),
    idleTimeoutMs: integer({ title: 'Idle timeout', description: 'Time a keep-alive connection may wait for its next request.', unit: 'ms', default: 60000, minimum: 100, maximum: 3_600_000 }),
    requestTimeoutMs: integer({ title: 'Request timeout', description: 'Time for a whole request, body included; 0 means none.', unit: 'ms', default: 0 }),
    minBodyBytesPerSecond: integer({ title: 'Slowest body', description: 'A request body slower than this after 5 s is answered 408; 0 means no limit.', unit: 'bytes/s', default: 240 }),
    maxRequestBodyBytes: Type.Integer({ title: 'Request body', description: 'Largest request body; more is answered 413; 0 means no limit.', unit: 'bytes', default: 0, minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    maxConnections: integer({ title: 'Connections', description: 'Most open connections of the listener on a node.', default: 20000, minimum: 1, maximum: 1_000_000 }),
    maxConnectionsPerClient: integer({ title: 'Connections per client', description: 'Most open connections of one client address; 0 means no limit.', default: 0, maximum: 1_000_000 })
  },
  { title: 'Limits', description: 'Bounds that protect the node from slow or greedy clients.', default: {} }
)
export type ListenerLimits = Type.Static<typeof ListenerLimits>

const TenantHeader = strictObject(
  {
    name: token(128, { title: 'Name', description: 'Header that names the tenant of a request without a verified user.', default: 'X-Tenant-Code' }),
    acceptFrom: words(['any', 'trustedProxies', 'nobody'], { title: 'Accept from', description: 'Whose header is taken as a hint for routing; it opens no door that a policy guards.', default: 'any' })
  },
  { title: 'Tenant header', description: 'How a request says by itself of which tenant it is.', default: {} }
)

const RedirectToHttps = strictObject(
  {
    port: integer({ title: 'Port', description: 'Port written into the redirect.', default: 443, minimum: 1, maximum: 65535 }),
    status: Type.Enum([301, 302, 307, 308], { title: 'Status', description: 'Status of the redirect.', default: 308 })
  },
  { title: 'Redirect to https', description: 'Answer plain requests with a redirect to https (never ACME challenges).' }
)

/** A port and protocol that data nodes serve. */
export const Listener = strictObject(
  {
    ...commonFields,
    protocol: words(['http', 'https'], { title: 'Protocol', description: 'http, or https (needs a TLS policy).' }),
    port: Type.Integer({ title: 'Port', description: 'TCP port on every data node.', minimum: 1, maximum: 65535 }),
    address: Type.String({ title: 'Address', description: 'IP address to bind; "::" binds IPv6 only.', default: '0.0.0.0', maxLength: 45, format: 'ip-address' }),
    tlsPolicyId: Type.Optional(uuid({ title: 'TLS policy', description: 'Required for https, refused for http.' })),
    defaultCertificateId: Type.Optional(uuid({ title: 'Default certificate', description: "Used when no certificate fits the client's name; overrides the TLS policy's." })),
    http2: Type.Optional(Type.Boolean({ title: 'HTTP/2', description: 'Offer HTTP/2 by ALPN; on by default for https.' })),
    http2Engine: words(['direct', 'http2-proxy'], { title: 'HTTP/2 engine', description: 'What reads and writes HTTP/2 streams: the gateway itself, or the http2-proxy package, which costs more time; what that one cannot carry goes the direct way. Origins see the same.', default: 'direct' }),
    trustedProxies: Type.Array(Type.String({ maxLength: 64, format: 'cidr' }), { title: 'Trusted proxies', description: 'Address ranges of proxies: what their X-Forwarded-* or Forwarded fields say of client, scheme and host is believed. With PROXY protocol only they may connect.', default: [], maxItems: 256, uniqueItems: true }),
    proxyProtocol: flag('PROXY protocol', 'Expect a PROXY protocol v1 or v2 header on every connection.', false),
    redirectToHttps: Type.Optional(RedirectToHttps),
    tenantHeader: TenantHeader,
    accessLog: words(['off', 'sampled', 'full'], { title: 'Access log', description: 'Which requests are logged.', default: 'off' }),
    limits: ListenerLimits
  },
  { title: 'Listener', description: 'A port and protocol on the data nodes.' }
)
export type Listener = Type.Static<typeof Listener>
