import { isLessLoaded, type Choice } from './choice.ts'

/** The target with the fewest requests in flight for its weight; on a tie the first (YARP LeastRequestsLoadBalancingPolicy.cs). */
export function pickLeastRequests<T extends Choice>(targets: readonly T[]): T {
  let best = targets[0]!
  for (let index = 1; index < targets.length; index++) {
    const target = targets[index]!
    if (isLessLoaded(target, best)) best = target
  }
  return best
}
