import Type from 'typebox'
import { flag, integer, strictObject, uuid } from './field.ts'

const ConnectionQueue = strictObject(
  {
    max: integer({ title: 'Length', description: 'Requests that may wait for a connection of a target; 0 means none.', default: 0, maximum: 100_000 }),
    timeoutMs: integer({ title: 'Timeout', description: 'Longest wait; then 503.', unit: 'ms', default: 1000, minimum: 1, maximum: 600_000 })
  },
  { title: 'Queue', description: 'Requests that wait when a target is at its most connections.', default: {} }
)

export const OriginTls = strictObject(
  {
    verify: flag('Verify', "Check the origin's certificate.", true),
    serverName: Type.Optional(Type.String({ title: 'Server name', description: "Name sent as SNI and checked; the target's host by default.", maxLength: 253, format: 'host-name' })),
    caPem: Type.Optional(Type.String({ title: 'CA', description: 'PEM of the authorities to trust instead of the built-in ones.', maxLength: 262_144 })),
    clientCertificateId: Type.Optional(uuid({ title: 'Client certificate', description: 'Certificate shown to the origin.' }))
  },
  { title: 'TLS', description: 'How https targets are checked.', default: {} }
)

/** Connections from a data node to the targets of an upstream. */
export const Connection = strictObject(
  {
    connectTimeoutMs: integer({ title: 'Connect timeout', description: 'Time for a connection to open.', unit: 'ms', default: 5000, minimum: 1, maximum: 600_000 }),
    idleMs: integer({ title: 'Idle', description: 'Time an unused connection is kept.', unit: 'ms', default: 4000, minimum: 1, maximum: 3_600_000 }),
    maxPerTarget: integer({ title: 'Most per target', description: 'Most connections of a node to a target, and with HTTP/2 most requests at a time; 0 means no limit.', default: 0, maximum: 1_000_000 }),
    queue: ConnectionQueue,
    minResponseBytesPerSecond: integer({ title: 'Slowest response', description: 'A response body slower than this is cut; 0 means no limit.', unit: 'bytes/s', default: 0 }),
    tls: OriginTls,
    http2: flag('HTTP/2', 'Offer HTTP/2 to https targets; one that does not take it gets HTTP/1.1. Targets with h2c:// always get HTTP/2. Upgrades to WebSocket always use HTTP/1.1.', false)
  },
  { title: 'Connection', description: 'Connections to the targets.', default: {} }
)
export type Connection = Type.Static<typeof Connection>
