import type { Choice, Turn } from './choice.ts'

/** One after the other over all threads of the node, whatever their weights (YARP RoundRobinLoadBalancingPolicy.cs). */
export function pickRoundRobin<T extends Choice>(targets: readonly T[], turn: Turn): T {
  return targets[turn.nextTurn() % targets.length]!
}
