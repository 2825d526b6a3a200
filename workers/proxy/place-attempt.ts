import type { Affinity } from '../../shared/affinity/affinity.ts'
import type { TransformContext } from '../../shared/transforms/drafts.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'
import { chooseTarget } from './choose-target.ts'
import { FAILURES, type ProxyFailure } from './failure.ts'
import type { RuntimeDestination, RuntimeTarget } from './runtime.ts'

/** Where an attempt goes. */
export interface BoundTarget {
  target: RuntimeTarget
  /** Field line for the response that binds the client from now on; '' when it is bound already, or needs none. */
  bindingField: string
}

/** Where the next attempt goes; a failure when there is nowhere. */
export function placeAttempt(destination: RuntimeDestination, head: RequestHead, context: TransformContext, tried: readonly RuntimeTarget[], now: number): RuntimeTarget | BoundTarget | ProxyFailure {
  const { upstream, pick } = destination
  if (upstream.affinity === null) return chooseTarget(upstream, pick, tried, now) ?? FAILURES.noAvailableTarget
  return bindTarget(destination, upstream.affinity, head, context, tried, now)
}

/** The target that the request is bound to; else, and after the first attempt, one that the balancer chooses. */
function bindTarget(destination: RuntimeDestination, affinity: Affinity, head: RequestHead, context: TransformContext, tried: readonly RuntimeTarget[], now: number): BoundTarget | ProxyFailure {
  const { upstream, pick } = destination
  if (tried.length === 0) {
    const bound = affinity.find({ fields: head.fields, user: context.user, tenant: context.tenant }, upstream.available.list(now))
    if (bound.target !== null) return { target: bound.target, bindingField: '' }
    if (bound.isBroken && affinity.refusesBroken) return FAILURES.boundTargetGone
  }
  const target = chooseTarget(upstream, pick, tried, now)
  return target === null ? FAILURES.noAvailableTarget : { target, bindingField: affinity.bind(target, context.scheme === 'https') }
}
