import type { AckOutbox } from './ack-outbox.ts'
import type { ControlPlaneLink } from './control-plane-link.ts'
import type { DataNode } from './data-node.ts'
import type { Metric } from '../../shared/metrics/metrics-text.ts'
import { BOUNDS_SECONDS, trafficMetrics } from '../telemetry/traffic-metrics.ts'
import type { RouteTraffic } from '../telemetry/route-traffic.ts'
import type { WebSocketCounts } from '../websocket/web-socket-counts.ts'
import type { PortBook } from './port-book.ts'

type Value = Extract<Metric, { value: unknown }>['value']

const gauge = (name: string, help: string, value: Value): Metric => ({ name, help, type: 'gauge', value })
const counter = (name: string, help: string, value: Value): Metric => ({ name, help, type: 'counter', value })

/** What /metrics of a data node shows. */
export function nodeMetrics(options: {
  node: Pick<DataNode, 'stats' | 'serving' | 'lastResult' | 'refusals'>
  ports: Pick<PortBook, 'counts'>
  outbox: Pick<AckOutbox, 'waiting'>
  link: Pick<ControlPlaneLink, 'isControlPlaneConnected' | 'isRedisConnected'> | null
  refusedFiles: number
  unusableCertificates: number
  served: { traffic: RouteTraffic[]; isComplete: boolean }
}): Metric[] {
  const stats = options.node.stats()
  const { serving, lastResult } = options.node
  const { reserved, open, failed } = options.ports.counts()
  const byCode = Object.entries(stats.byCode).map(([code, value]) => ({ labels: { code }, value }))
  const results = (['applied', 'applied_with_issues', 'refused'] as const).map((result) => ({ labels: { result }, value: Number(result === lastResult) }))
  const { requests, durations, requestBytes, responseBytes } = trafficMetrics(options.served.traffic)
  return [
    gauge('gateway_threads', 'Threads that serve.', stats.threads),
    gauge('gateway_config_revision', 'Revision that is served, 0 before the first.', serving?.revision ?? 0),
    gauge('gateway_config_result', 'What became of the newest snapshot.', results),
    counter('gateway_config_refusals_total', 'Snapshots that were refused.', options.node.refusals),
    counter('gateway_snapshot_files_refused_total', 'Stored snapshots that could not be trusted.', options.refusedFiles),
    gauge('gateway_acks_waiting', 'Reports about snapshots that the control plane does not have yet.', options.outbox.waiting),
    gauge('gateway_control_plane_up', 'Whether the control plane answered the last question.', Number(options.link?.isControlPlaneConnected ?? false)),
    gauge('gateway_redis_up', 'Whether hints arrive by Redis.', Number(options.link?.isRedisConnected ?? false)),
    gauge('gateway_ports', 'Ports by what they do.', [
      { labels: { state: 'listening' }, value: open },
      { labels: { state: 'reserved' }, value: reserved },
      { labels: { state: 'failed' }, value: failed }
    ]),
    gauge('gateway_certificates_unusable', 'Certificates and TLS policies that the configuration needs and that cannot be used.', options.unusableCertificates),
    gauge('gateway_connections', 'Open client connections.', stats.connections),
    gauge('gateway_origin_connections', 'Open connections to origins.', stats.originConnections),
    gauge('gateway_requests_in_flight', 'Requests that are being answered.', stats.inFlight),
    counter('gateway_requests_total', 'Requests answered.', stats.requests),
    counter('gateway_own_answers_total', 'Answers that the gateway made itself, by code.', byCode),
    counter('gateway_policy_refusals_total', 'Requests that policies refused, by policy and reason; mode observe: they went on.', stats.refusals.map(({ policy, reason, enforced, count }) => ({ labels: { policy, reason, mode: enforced ? 'enforce' : 'observe' }, value: count }))),
    counter('gateway_thread_restarts_total', 'Threads that ended and were replaced.', stats.threadRestarts),
    counter('gateway_thread_stalls_total', 'Threads that were replaced because they were blocked.', stats.threadStalls),
    counter('gateway_process_restarts_total', 'Worker processes that ended and were replaced.', stats.processRestarts),
    ...webSocketMetrics(stats.webSockets),
    counter('gateway_tls_handshakes_total', 'TLS handshakes with clients, by whether an earlier session went on.', [
      { labels: { resumed: 'false' }, value: stats.handshakes - stats.resumed },
      { labels: { resumed: 'true' }, value: stats.resumed }
    ]),
    gauge('gateway_targets_ejected', 'Targets that get no requests because too many failed.', stats.ejections.length),
    counter('gateway_target_ejections_total', 'Ejections of targets.', stats.ejectionsTotal),
    counter('gateway_http_requests_total', 'Requests by route and class of status; cut: the client got no whole answer.', requests),
    { name: 'gateway_http_request_duration_seconds', help: 'From the whole head of a request to the end of its answer.', type: 'histogram', bounds: BOUNDS_SECONDS, samples: durations },
    counter('gateway_http_request_bytes_total', 'Bytes of heads and bodies from clients.', requestBytes),
    counter('gateway_http_response_bytes_total', 'Bytes of heads and bodies to clients.', responseBytes),
    gauge('gateway_metrics_incomplete', 'A worker process did not say in time what it counted.', Number(!options.served.isComplete)),
    counter('gateway_access_log_dropped_total', 'Lines of the access log that nobody read in time.', stats.logLinesDropped),
    gauge('gateway_event_loop_delay_ms', 'p99 of the worst thread over 5 s.', stats.eventLoopDelayMs),
    gauge('gateway_resident_memory_bytes', 'Memory of the primary and its worker processes.', stats.rssBytes)
  ]
}

function webSocketMetrics({ open, opened, closedByCode, bytesIn, bytesOut, messagesIn, messagesOut }: WebSocketCounts): Metric[] {
  return [
    gauge('gateway_websockets', 'Open WebSockets.', open),
    counter('gateway_websockets_opened_total', 'WebSockets that were opened.', opened),
    counter('gateway_websockets_closed_total', 'WebSockets that ended, by the code of the first Close frame; 1006: without one.', Object.entries(closedByCode).map(([code, value]) => ({ labels: { code }, value }))),
    counter('gateway_websocket_bytes_total', 'Bytes of WebSockets from clients and to them.', directions(bytesIn, bytesOut)),
    counter('gateway_websocket_messages_total', 'Messages of WebSockets from clients and to them.', directions(messagesIn, messagesOut))
  ]
}

function directions(received: number, sent: number): Value {
  return [{ labels: { direction: 'in' }, value: received }, { labels: { direction: 'out' }, value: sent }]
}
