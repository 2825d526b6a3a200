import { isLessLoaded, type Choice, type Turn } from './choice.ts'

/**
 * Of two different random targets the one with fewer requests in flight for its weight; on a tie the first drawn
 * (YARP PowerOfTwoChoicesLoadBalancingPolicy.cs).
 */
export function pickPowerOfTwoChoices<T extends Choice>(targets: readonly T[], turn: Turn): T {
  const count = targets.length
  if (count === 1) return targets[0]!
  const firstIndex = Math.floor(turn.random() * count)
  let secondIndex = Math.floor(turn.random() * (count - 1))
  if (secondIndex >= firstIndex) secondIndex++
  const first = targets[firstIndex]!
  const second = targets[secondIndex]!
  return isLessLoaded(second, first) ? second : first
}
