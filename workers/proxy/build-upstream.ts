import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { Target } from '../../shared/schema/upstream.ts'
import { hostHeaderOf, parseTargetAddress } from '../../shared/snapshot/target-address.ts'
import { buildAffinity } from '../affinity/build-affinity.ts'
import { keyHashOf } from '../../shared/affinity/rendezvous.ts'
import { BALANCERS } from '../balancing/balancers.ts'
import type { PlacedUpstream } from '../configuration/runtime-part.ts'
import { AvailableTargets } from '../health/available-targets.ts'
import { PassiveHealth } from '../health/passive-health.ts'
import { targetKey } from '../state/node-slots.ts'
import type { TargetEvent } from '../target-event.ts'
import { Http1Dialer } from '../upstreams/dialer.ts'
import { Http2Dialer } from '../upstreams/http2/http2-dialer.ts'
import { OriginTls } from '../upstreams/origin-tls.ts'
import { TargetPool } from '../upstreams/target-pool.ts'
import { type RuntimeDestination, RuntimeTarget, type RuntimeUpstream } from './runtime.ts'
import type { ThreadContext } from './thread-context.ts'

/** Compiles an upstream. Pools and counts of targets whose address did not change are the ones in use already. */
export function buildUpstream(placed: PlacedUpstream, thread: ThreadContext, issues: Issue[]): RuntimeUpstream {
  const { value, at, row: rowNumber } = placed
  const targets: RuntimeTarget[] = []
  for (const [index, target] of value.targets.entries()) {
    if (!value.enabled || !target.enabled) continue
    const built = buildTarget(placed, target, placed.targetRows[index]!, thread)
    if (typeof built === 'string') issues.push(errorIssue(`/upstreams/${at}/targets/${index}`, 'target_not_usable', built))
    else targets.push(built)
  }
  if (rowNumber === -1) issues.push(errorIssue(`/upstreams/${at}`, 'upstream_not_usable', 'the node has no room for another upstream'))
  const tell = (kind: TargetEvent['kind'], target: RuntimeTarget, reason: string): void => {
    thread.onTargetEvent({ kind, at: new Date().toISOString(), upstreamId: value.id, upstreamName: value.name, targetId: target.id, reason })
  }
  const row = thread.state.upstreamRow(Math.max(0, rowNumber))
  const { signals } = thread
  const { connection, healthCheck } = value
  const upstream: Omit<RuntimeUpstream, 'destination'> = {
    id: value.id,
    name: value.name,
    targets,
    available: new AvailableTargets(targets, value.availability === 'HealthyOrPanic', signals, (target) => tell('target_readmitted', target, `${healthCheck.passive.reactivationSeconds} s are over`)),
    health: new PassiveHealth(healthCheck.passive, targets, signals, (target, reason) => tell('target_ejected', target, reason)),
    affinity: buildAffinity(value.sessionAffinity, { id: value.id, targetIds: targets.map((target) => target.id), fleetKey: () => thread.state.credentials.fleetKey }),
    row,
    pick: BALANCERS[value.loadBalancing],
    turn: { random: thread.random, nextTurn: () => row.nextTurn(), lock: () => row.lock(), unlock: () => row.unlock() },
    retry: value.retry,
    connectMs: connection.connectTimeoutMs,
    queueMs: connection.queue.timeoutMs,
    slowStartMs: value.slowStartSeconds * 1000,
    minResponseBytesPerSecond: connection.minResponseBytesPerSecond
  }
  return withDestination(upstream)
}

/** They name each other. */
function withDestination(upstream: Omit<RuntimeUpstream, 'destination'>): RuntimeUpstream {
  const { pick, retry, connectMs, queueMs } = upstream
  const destination: RuntimeDestination = { upstream: upstream as RuntimeUpstream, weight: 1, pick, retry, connectMs, queueMs }
  return Object.assign(upstream, { destination })
}

function buildTarget({ value: upstream }: PlacedUpstream, target: Target, rowNumber: number, { state }: ThreadContext): RuntimeTarget | string {
  const address = parseTargetAddress(target.address)
  if (address === null) return `the address ${target.address} cannot be used by this version`
  if (rowNumber === -1) return 'the node has no room for another target'
  const { tls, idleMs, maxPerTarget, queue, http2 } = upstream.connection
  const isSecure = address.scheme === 'https'
  const speaksHttp2 = address.scheme === 'h2c' || (isSecure && http2)
  const clientId = tls.clientCertificateId
  const key = targetKey(upstream.id, target.id)
  const row = state.targetRow(rowNumber)
  try {
    const pool = state.pool(`${key}@${target.address}${isSecure ? JSON.stringify(tls) : ''}${speaksHttp2 ? ` http2 ${idleMs}` : ''}`, () => {
      const origin = isSecure ? new OriginTls({ verify: tls.verify, name: tls.serverName ?? address.host, caPem: tls.caPem ?? '', ...(clientId === undefined ? {} : { client: () => state.credentials.get(clientId) }) }) : null
      const dialer = speaksHttp2 ? new Http2Dialer({ buffers: state.buffers, sockets: state.sockets, tls: origin, clock: () => state.now, idleMs }) : new Http1Dialer(state.buffers, origin)
      return new TargetPool(dialer, state.sockets, state.names.entry(address.host), address.port, row)
    })
    return new RuntimeTarget({
      id: target.id,
      idHash: keyHashOf(target.id),
      weight: target.weight,
      pool,
      row,
      window: state.failureWindow(key, row),
      settings: { idleMs, maxPerTarget, queueMax: queue.max },
      hostHeader: hostHeaderOf(target, address)
    })
  } catch (error) {
    return `its TLS settings cannot be used: ${(error as Error).message}`
  }
}
