import Type from 'typebox'
import { checkHash } from '../../shared/health/check-hash.ts'
import { strictObject, uuid } from '../../shared/schema/field.ts'
import type { Identified } from '../../shared/schema/snapshot.ts'
import { Probe, type TargetHealth } from '../../shared/schema/target-health.ts'
import type { Target, Upstream } from '../../shared/schema/upstream.ts'
import { PresentedOverride } from '../operation/present-override.ts'
import { nullableTimestamp } from '../http/documented-schema.ts'
import { isLocalAddress } from './local-address.ts'

const TargetHealthItem = strictObject({
  targetId: Type.String(),
  address: Type.String({ description: 'What is probed.' }),
  state: Type.Enum(['unknown', 'healthy', 'unhealthy'], { description: 'Unhealthy targets get no requests while others are left; unknown ones do.' }),
  since: nullableTimestamp,
  reason: Type.String({ description: 'Why the state is what it is.' }),
  lastProbeAt: nullableTimestamp,
  operations: Type.Array(PresentedOverride, { description: 'What people said about it: an ejection, another weight.' }),
  history: Type.Array(Probe, { description: 'The last probes, newest first.' })
})

export const UpstreamHealth = strictObject({
  upstreamId: uuid(),
  active: Type.Boolean({ description: 'Its targets are probed, as it is live.' }),
  targets: Type.Array(TargetHealthItem)
})

/** What probes say about the targets of an upstream as it is live, at `now`. `known` null: Redis could not be asked. `said`: by people. */
export function upstreamHealth(upstream: Identified<Upstream>, known: ReadonlyMap<string, TargetHealth> | null, said: readonly PresentedOverride[], probesLocal: boolean, now: number): Type.Static<typeof UpstreamHealth> {
  const { active } = upstream.healthCheck
  const isActive = upstream.enabled && active.enabled
  return {
    upstreamId: upstream.id,
    active: isActive,
    targets: upstream.targets.map((target) => {
      const address = target.healthUrl ?? target.address
      const operations = said.filter(({ targetId }) => targetId === target.id)
      const health = known?.get(target.id)
      const found = health?.check === checkHash(upstream, target) ? health : null
      const isFresh = isActive && target.enabled && found !== null && now < found.at + found.validMs
      if (isFresh) return { targetId: target.id, address, state: found.state, since: found.since, reason: found.reason, lastProbeAt: new Date(found.at).toISOString(), operations, history: found.history }
      const reason = known === null ? 'Redis cannot be asked' : unknownReason(isActive, target, probesLocal)
      return { targetId: target.id, address, state: 'unknown', since: null, reason, lastProbeAt: found === null ? null : new Date(found.at).toISOString(), operations, history: found?.history ?? [] }
    })
  }
}

function unknownReason(isActive: boolean, target: Target, probesLocal: boolean): string {
  if (!isActive) return 'its upstream is not probed: healthCheck.active is switched off in what is live'
  if (!target.enabled) return 'it is disabled'
  if (!probesLocal && isLocalAddress(target.healthUrl ?? target.address)) return 'its address means another program on every machine; it is probed only with PROBE_LOCAL_TARGETS=true, when control-jobs and the data nodes share a machine'
  return 'no probe of it in the last three intervals; is control-jobs running?'
}
