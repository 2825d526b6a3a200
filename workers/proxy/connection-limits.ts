import type { ListenerLimits } from '../../shared/schema/listener.ts'

/** What of a listener's limits a connection looks at by itself. */
export type ConnectionLimits = Pick<ListenerLimits, 'maxHeaderBytes' | 'maxHeaders' | 'headerTimeoutMs' | 'idleTimeoutMs' | 'requestTimeoutMs' | 'minBodyBytesPerSecond'>

/** Limits used when the connection's listener is gone from the configuration. */
export const GONE_LIMITS: ConnectionLimits = { maxHeaderBytes: 32_768, maxHeaders: 100, headerTimeoutMs: 10_000, idleTimeoutMs: 1_000, requestTimeoutMs: 0, minBodyBytesPerSecond: 240 }
