import type { ThreadStats } from './messages.ts'
import { addRefusals } from './policies/refusal-counts.ts'
import { addCounts, addWebSockets, noWebSockets } from './websocket/web-socket-counts.ts'

export function emptyStats(): ThreadStats {
  return { connections: 0, requests: 0, inFlight: 0, originConnections: 0, logLinesDropped: 0, byCode: {}, refusals: [], webSockets: noWebSockets(), handshakes: 0, resumed: 0, eventLoopDelayMs: 0 }
}

/** Sums, and the worst event loop delay. */
export function addStats(a: ThreadStats, b: ThreadStats): ThreadStats {
  return {
    connections: a.connections + b.connections,
    requests: a.requests + b.requests,
    inFlight: a.inFlight + b.inFlight,
    originConnections: a.originConnections + b.originConnections,
    logLinesDropped: a.logLinesDropped + b.logLinesDropped,
    byCode: addCounts(a.byCode, b.byCode),
    refusals: addRefusals([a.refusals, b.refusals]),
    webSockets: addWebSockets(a.webSockets, b.webSockets),
    handshakes: a.handshakes + b.handshakes,
    resumed: a.resumed + b.resumed,
    eventLoopDelayMs: Math.max(a.eventLoopDelayMs, b.eventLoopDelayMs)
  }
}
