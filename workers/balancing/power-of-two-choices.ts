/** Something that can be chosen, with the requests it has in flight on the whole node. */
export interface Choice {
  readonly inFlight: number
}

/**
 * Of two different random targets the one with fewer requests in flight; on a tie the first drawn
 * (YARP PowerOfTwoChoicesLoadBalancingPolicy.cs). `random` gives numbers from 0 to below 1. Null when there is none.
 */
export function pickPowerOfTwoChoices<T extends Choice>(targets: readonly T[], random: () => number): T | null {
  const count = targets.length
  if (count <= 1) return targets[0] ?? null
  const firstIndex = Math.floor(random() * count)
  let secondIndex = Math.floor(random() * (count - 1))
  if (secondIndex >= firstIndex) secondIndex++
  const first = targets[firstIndex]!
  const second = targets[secondIndex]!
  return second.inFlight < first.inFlight ? second : first
}
