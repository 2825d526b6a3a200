import type { ThreadStats } from './messages.ts'

export function emptyStats(): ThreadStats {
  return { connections: 0, requests: 0, inFlight: 0, originConnections: 0, logLinesDropped: 0, byCode: {}, eventLoopDelayMs: 0 }
}

/** Sums, and the worst event loop delay. */
export function addStats(a: ThreadStats, b: ThreadStats): ThreadStats {
  const byCode = { ...a.byCode }
  for (const [code, count] of Object.entries(b.byCode)) byCode[code] = (byCode[code] ?? 0) + count
  return {
    connections: a.connections + b.connections,
    requests: a.requests + b.requests,
    inFlight: a.inFlight + b.inFlight,
    originConnections: a.originConnections + b.originConnections,
    logLinesDropped: a.logLinesDropped + b.logLinesDropped,
    byCode,
    eventLoopDelayMs: Math.max(a.eventLoopDelayMs, b.eventLoopDelayMs)
  }
}
