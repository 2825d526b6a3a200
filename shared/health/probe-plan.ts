import type { HealthCheck } from '../schema/health-check.ts'
import type { Identified } from '../schema/snapshot.ts'
import type { Upstream } from '../schema/upstream.ts'
import { checkHash } from './check-hash.ts'

/** One target as it is probed. */
export interface ProbePlan {
  readonly upstreamId: string
  readonly targetId: string
  readonly check: string
  readonly active: HealthCheck['active']
  /** Base address. */
  readonly url: string
  /** Host header; '' leaves it to the address. */
  readonly host: string
  readonly tls: Upstream['connection']['tls']
}

/** What is to be probed of an upstream; nothing when it, or its active check, is switched off. */
export function probePlans(upstream: Identified<Upstream>): ProbePlan[] {
  const { id, enabled, healthCheck, connection, targets } = upstream
  if (!enabled || !healthCheck.active.enabled) return []
  return targets.filter((target) => target.enabled).map((target) => ({
    upstreamId: id,
    targetId: target.id,
    check: checkHash(upstream, target),
    active: healthCheck.active,
    url: target.healthUrl ?? target.address,
    host: target.host ?? '',
    tls: connection.tls
  }))
}
