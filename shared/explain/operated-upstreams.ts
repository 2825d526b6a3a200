import type { TargetOverride } from '../schema/operational-state.ts'
import type { Identified } from '../schema/snapshot.ts'
import type { Target, Upstream } from '../schema/upstream.ts'

/** A target with what people said about it: its weight is the one that counts. */
export interface OperatedTarget extends Target {
  /** A person took it out. */
  takenOut: boolean
}

export interface OperatedUpstream extends Identified<Upstream> {
  targets: OperatedTarget[]
}

/** The upstreams by id, with what people said about their targets. */
export function operatedUpstreams(upstreams: readonly Identified<Upstream>[], overrides: readonly TargetOverride[]): Map<string, OperatedUpstream> {
  const said = Map.groupBy(overrides, ({ upstreamId, targetId }) => `${upstreamId}/${targetId}`)
  return new Map(upstreams.map((upstream) => [upstream.id, { ...upstream, targets: upstream.targets.map((target) => operated(target, said.get(`${upstream.id}/${target.id}`) ?? [])) }]))
}

function operated(target: Target, overrides: readonly TargetOverride[]): OperatedTarget {
  const weighted = overrides.find((override) => override.kind === 'weight')
  return { ...target, weight: weighted?.weight ?? target.weight, takenOut: overrides.some(({ kind }) => kind === 'ejected') }
}
