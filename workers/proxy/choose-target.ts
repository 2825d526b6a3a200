import type { PickTarget } from '../balancing/choice.ts'
import { isWarmEnough } from '../health/slow-start.ts'
import type { RuntimeTarget, RuntimeUpstream } from './runtime.ts'

/** The target for an attempt, at `now`; none of those tried before, as long as there are others. Null when none is available. */
export function chooseTarget(upstream: RuntimeUpstream, pick: PickTarget, tried: readonly RuntimeTarget[], now: number): RuntimeTarget | null {
  let choices = upstream.available.list(now)
  if (choices.length === 0) return null
  if (tried.length > 0) {
    const untried = choices.filter((target) => !tried.includes(target))
    if (untried.length > 0) choices = untried
  }
  const target = pick(choices, upstream.turn)
  if (upstream.slowStartMs === 0 || choices.length === 1 || isWarmEnough(target.row, upstream.slowStartMs, now, upstream.turn.random)) return target
  return pick(choices.filter((other) => other !== target), upstream.turn)
}
