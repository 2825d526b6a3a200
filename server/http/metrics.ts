import type { Middleware } from 'koa'
import { type Metric, metricsText } from '../../shared/metrics/metrics-text.ts'
import { authenticate } from '../auth/authenticate.ts'
import { SESSION_COOKIE } from '../auth/session.ts'
import type { Deps } from '../deps.ts'
import { type FleetStatus, fleetStatus } from '../fleet/fleet-status.ts'
import { jobMetrics } from '../job-queues/job-metrics.ts'
import { authorize } from './authorize.ts'

/** GET /metrics for Prometheus, with a token of any role: it names the nodes. Every control-web tells the same. */
export function metrics(deps: Deps): Middleware {
  return async (context, next) => {
    if (context.path !== '/metrics' || context.method !== 'GET') return next()
    const now = new Date()
    authorize(await authenticate(deps.db, { authorization: context.get('authorization'), sessionToken: context.cookies.get(SESSION_COOKIE) ?? '' }, now), { permission: 'viewer' })
    context.set('cache-control', 'no-store')
    context.type = 'text/plain; version=0.0.4'
    context.body = metricsText([...fleetMetrics(await fleetStatus(deps.db, now)), ...(await jobMetrics(deps, now))])
  }
}

function fleetMetrics({ liveRevision, counts, nodes }: FleetStatus): Metric[] {
  return [
    { name: 'gateway_live_revision', help: 'Revision that was published last, 0 before the first.', type: 'gauge', value: liveRevision },
    { name: 'gateway_fleet_nodes', help: 'Nodes by how they stand to what they should serve.', type: 'gauge', value: Object.entries(counts).map(([state, value]) => ({ labels: { state }, value })) },
    { name: 'gateway_node_drift', help: '1 for each node that serves another content than its revision has in the database.', type: 'gauge', value: nodes.filter(({ driftSince }) => driftSince !== null).map(({ nodeId }) => ({ labels: { node: nodeId }, value: 1 })) }
  ]
}
