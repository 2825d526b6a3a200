import { compileRoutes } from '../../shared/routing/compile-routes.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { Route } from '../../shared/schema/route.ts'
import type { Snapshot } from '../../shared/schema/snapshot.ts'
import type { Target, Upstream } from '../../shared/schema/upstream.ts'
import { parseTargetAddress } from '../../shared/snapshot/target-address.ts'
import { targetKey } from '../state/target-rows.ts'
import type { ThreadState } from '../state/thread-state.ts'
import { endpointKey, type Runtime, type RuntimeRoute, RuntimeTarget } from './runtime.ts'

/** Compiles a snapshot for one thread. Pools of targets whose address did not change are the ones in use already. */
export function buildRuntime(snapshot: Snapshot, rows: ReadonlyMap<string, number>, state: ThreadState): Runtime | Issue[] {
  const { content } = snapshot
  const issues: Issue[] = []
  const targetsOf = new Map<string, RuntimeTarget[]>()
  const upstreamOf = new Map<string, Upstream>()
  for (const [index, upstream] of content.upstreams.entries()) {
    upstreamOf.set(upstream.id, upstream)
    const targets: RuntimeTarget[] = []
    for (const [targetIndex, target] of upstream.targets.entries()) {
      if (!upstream.enabled || !target.enabled) continue
      const built = buildTarget(upstream.id, upstream, target, rows, state)
      if (typeof built === 'string') issues.push(errorIssue(`/upstreams/${index}/targets/${targetIndex}`, 'target_not_usable', built))
      else targets.push(built)
    }
    targetsOf.set(upstream.id, targets)
  }
  if (issues.length > 0) return issues
  const routes = compileRoutes(content)
  const actions = [...routes.byId.values()].map(({ route }) => runtimeRoute(route, targetsOf, upstreamOf))
  const listeners = new Map(content.listeners.filter((listener) => listener.enabled && listener.protocol === 'http').map((listener) => [endpointKey(listener), listener]))
  return { revision: snapshot.revision, routes, actions, listeners }
}

function buildTarget(upstreamId: string, upstream: Upstream, target: Target, rows: ReadonlyMap<string, number>, state: ThreadState): RuntimeTarget | string {
  const address = parseTargetAddress(target.address)
  if (address === null || address.scheme !== 'http') return `the address ${target.address} cannot be used by this version`
  const key = targetKey(upstreamId, target.id)
  const row = rows.get(key)
  if (row === undefined) return 'the node has no room for another target'
  const pool = state.pool(`${key}@${target.address}`, address.host, address.port)
  pool.idleMs = upstream.connection.idleMs
  return new RuntimeTarget(target.id, pool, target.host ?? (address.port === 80 ? address.host : `${address.host}:${address.port}`), row, state.counts)
}

function runtimeRoute(route: Route, targetsOf: Map<string, RuntimeTarget[]>, upstreamOf: Map<string, Upstream>): RuntimeRoute {
  const upstreamId = route.upstreamId ?? ''
  return {
    targets: targetsOf.get(upstreamId) ?? [],
    connectMs: route.timeouts.connectMs ?? upstreamOf.get(upstreamId)?.connection.connectTimeoutMs ?? 5000,
    activityMs: route.timeouts.activityMs,
    totalMs: route.timeouts.totalMs,
    maxRequestBodyBytes: route.maxRequestBodyBytes ?? null
  }
}
