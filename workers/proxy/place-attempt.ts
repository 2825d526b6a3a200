import type { Affinity } from '../../shared/affinity/affinity.ts'
import type { TransformContext } from '../../shared/transforms/drafts.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'
import { chooseTarget } from './choose-target.ts'
import { FAILURES, type ProxyFailure } from './failure.ts'
import type { RetryState } from './retry-state.ts'
import type { RuntimeDestination } from './runtime.ts'

/** Finds where the next attempt goes, and notes it as tried. @returns a failure when there is nowhere */
export function placeAttempt(destination: RuntimeDestination, head: RequestHead, context: TransformContext, retries: RetryState, now: number): ProxyFailure | null {
  const { upstream, pick } = destination
  if (upstream.affinity !== null) return bindTarget(destination, upstream.affinity, head, context, retries, now)
  const target = chooseTarget(upstream, pick, retries.tried, now)
  if (target === null) return FAILURES.noAvailableTarget
  retries.tries(target, '')
  return null
}

/** The target that the request is bound to; else, and after the first attempt, one that the balancer chooses. */
function bindTarget(destination: RuntimeDestination, affinity: Affinity, head: RequestHead, context: TransformContext, retries: RetryState, now: number): ProxyFailure | null {
  const { upstream, pick } = destination
  if (retries.tried.length === 0) {
    const bound = affinity.find({ fields: head.fields, user: context.user, tenant: context.tenant }, upstream.available.list(now))
    if (bound.target !== null) {
      retries.tries(bound.target, '')
      return null
    }
    if (bound.isBroken && affinity.refusesBroken) return FAILURES.boundTargetGone
  }
  const target = chooseTarget(upstream, pick, retries.tried, now)
  if (target === null) return FAILURES.noAvailableTarget
  retries.tries(target, affinity.bind(target, context.scheme === 'https'))
  return null
}
