import type { TargetLoad } from '../../../../shared/schema/target-load.ts'

/** What one target does on all nodes. */
export interface TargetShare {
  inFlight: number
  /** Part of the upstream's attempts, 0 to 1, since the counts of `before`; null where there was none. */
  share: number | null
  /** Nodes that send it nothing new. */
  closedOn: string[]
}

type NodeLoad = Pick<TargetLoad, 'targetId' | 'inFlight' | 'succeeded' | 'failed' | 'isAvailable'> & { nodeId: string }

/** By target. A node that began anew counts from nothing. */
export function targetShares(before: readonly NodeLoad[], now: readonly NodeLoad[]): Map<string, TargetShare> {
  const keyOf = ({ nodeId, targetId }: NodeLoad): string => `${nodeId} ${targetId}`
  const earlier = new Map(before.map((load) => [keyOf(load), load.succeeded + load.failed]))
  const attempts = new Map<string, number>()
  for (const load of now) {
    const all = load.succeeded + load.failed
    const since = earlier.get(keyOf(load)) ?? 0
    attempts.set(load.targetId, (attempts.get(load.targetId) ?? 0) + (all >= since ? all - since : all))
  }
  const total = [...attempts.values()].reduce((sum, count) => sum + count, 0)
  return new Map([...Map.groupBy(now, ({ targetId }) => targetId)].map(([targetId, loads]) => [targetId, {
    inFlight: loads.reduce((sum, { inFlight }) => sum + inFlight, 0),
    share: total === 0 ? null : attempts.get(targetId)! / total,
    closedOn: loads.filter(({ isAvailable }) => !isAvailable).map(({ nodeId }) => nodeId)
  }]))
}
