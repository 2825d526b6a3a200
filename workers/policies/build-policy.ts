import { compileCors } from '../../shared/policies/compile-cors.ts'
import { type Policy, policyKindOf } from '../../shared/schema/policy.ts'
import type { Identified } from '../../shared/schema/snapshot.ts'
import { buildAuthorization } from './authorization/build-authorization.ts'
import type { Secrets } from './authorization/authenticator.ts'
import { buildLimiter, type LimitState } from './limits/build-limiter.ts'
import type { RuntimePolicy } from './runtime-policy.ts'

/** A policy as requests use it. */
export function buildPolicy(policy: Identified<Policy>, state: LimitState & { credentials: Secrets }): RuntimePolicy {
  const { authorization, rateLimiter, cors, compression, responseGuard } = policy
  return {
    id: policy.id,
    name: policy.name,
    enforces: policy.mode === 'enforce',
    tenantCode: policy.tenantCode,
    enabled: policy.enabled,
    kind: policyKindOf(policy),
    authorization: authorization === undefined ? null : buildAuthorization(authorization, state.credentials),
    limiter: rateLimiter === undefined ? null : buildLimiter(policy, rateLimiter, state),
    cors: cors === undefined ? null : compileCors(cors),
    compression: compression ?? null,
    responseGuard: responseGuard ?? null
  }
}
