import type { HealthNews, TargetHealth } from '../schema/target-health.ts'

/** What data nodes are told of what is known. */
export function newsOf({ upstreamId, targetId, check, state, since, reason, at, validMs }: TargetHealth): HealthNews {
  return { upstreamId, targetId, check, state, since, reason, at, validMs }
}
