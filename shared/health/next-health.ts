import { type Probe, PROBES_KEPT, type TargetHealth } from '../schema/target-health.ts'
import type { ProbePlan } from './probe-plan.ts'

/** Probes that may fail to come before what is known is no longer believed. */
const INTERVALS_VALID = 3

/**
 * What is known of a target after one more probe: as many in a row as the check says change its state (YARP
 * ConsecutiveFailuresHealthPolicy.cs). What is too old, or of another check, begins as unknown.
 */
export function nextHealth(before: TargetHealth | null, plan: ProbePlan, probe: Probe): TargetHealth {
  const { upstreamId, targetId, check, active } = plan
  const known = before?.check === check ? before : null
  const isFresh = known !== null && probe.at <= known.at + known.validMs
  const failures = probe.ok ? 0 : (isFresh ? known.failures : 0) + 1
  const successes = probe.ok ? (isFresh ? known.successes : 0) + 1 : 0
  const was = isFresh ? known.state : 'unknown'
  const state = failures >= active.unhealthyAfter ? 'unhealthy' : successes >= active.healthyAfter ? 'healthy' : was
  const isSame = known !== null && state === known.state && isFresh
  return {
    upstreamId,
    targetId,
    check,
    state,
    since: isSame ? known.since : new Date(probe.at).toISOString(),
    reason: probe.ok ? `status ${probe.status}` : failedReason(failures, probe),
    at: probe.at,
    validMs: INTERVALS_VALID * active.intervalSeconds * 1000,
    failures,
    successes,
    history: [probe, ...(known?.history ?? [])].slice(0, PROBES_KEPT)
  }
}

function failedReason(failures: number, { status, error }: Probe): string {
  const last = status > 0 ? `status ${status}` : error
  return failures === 1 ? `the probe failed: ${last}` : `${failures} probes failed in a row, the last one: ${last}`
}
