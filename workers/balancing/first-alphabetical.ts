import type { Choice } from './choice.ts'

/** The target whose id comes first, letter case ignored: the others are spares (YARP FirstLoadBalancingPolicy.cs). */
export function pickFirstAlphabetical<T extends Choice>(targets: readonly T[]): T {
  let best = targets[0]!
  for (let index = 1; index < targets.length; index++) if (comesBefore(targets[index]!.id, best.id)) best = targets[index]!
  return best
}

function comesBefore(a: string, b: string): boolean {
  return a.toUpperCase() < b.toUpperCase()
}
