import type { PolicyKind } from '../../shared/schema/policy.ts'
import type { CompiledCors } from '../../shared/policies/compile-cors.ts'
import type { RuntimeAuthorization } from './authorization/build-authorization.ts'
import type { RuntimeLimiter } from './limits/build-limiter.ts'
import type { Compression } from '../../shared/schema/compression.ts'
import type { ResponseGuard } from '../../shared/schema/response-guard.ts'

/** What counts and answers need to know of a policy. */
export interface PolicyTag {
  readonly id: string
  readonly name: string
  /** False: it only counts what it would refuse. */
  readonly enforces: boolean
}

/** A policy as one thread uses it. What it knows of credentials lives as long as it is not changed. */
export interface RuntimePolicy extends PolicyTag {
  readonly tenantCode: string | undefined
  readonly enabled: boolean
  readonly kind: PolicyKind | null
  readonly authorization: RuntimeAuthorization | null
  readonly limiter: RuntimeLimiter | null
  readonly cors: CompiledCors | null
  readonly compression: Compression | null
  readonly responseGuard: ResponseGuard | null
}
