import type { Choice, Turn } from './choice.ts'

/** Any target, each as likely as its weight (YARP RandomLoadBalancingPolicy.cs, where all weigh the same). */
export function pickRandom<T extends Choice>(targets: readonly T[], turn: Turn): T {
  let total = 0
  for (let index = 0; index < targets.length; index++) total += targets[index]!.weight
  let drawn = turn.random() * total
  for (let index = 0; index < targets.length - 1; index++) {
    drawn -= targets[index]!.weight
    if (drawn < 0) return targets[index]!
  }
  return targets[targets.length - 1]!
}
