import type { Choice, Turn } from './choice.ts'

/**
 * In turn by weight, spread evenly: with weights 5, 1, 1 the order is a a b a c a a, never five a in a row. Each round
 * every target gains its weight, the highest is taken and pays what all gained (nginx's smooth weighted round robin).
 */
export function pickWeightedRoundRobin<T extends Choice>(targets: readonly T[], turn: Turn): T {
  turn.lock()
  let best = targets[0]!
  let bestWeight = -Infinity
  let total = 0
  for (let index = 0; index < targets.length; index++) {
    const target = targets[index]!
    const running = target.smoothWeight + target.weight
    total += target.weight
    target.smoothWeight = running
    if (running <= bestWeight) continue
    bestWeight = running
    best = target
  }
  best.smoothWeight = bestWeight - total
  turn.unlock()
  return best
}
