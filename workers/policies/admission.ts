import type { CompiledCors } from '../../shared/policies/compile-cors.ts'
import type { Compression } from '../../shared/schema/compression.ts'
import type { ResponseGuard } from '../../shared/schema/response-guard.ts'
import type { WrittenAnswer } from '../proxy/gateway-answer.ts'
import type { AdmittedRequest } from './admitted-request.ts'
import type { RuntimeAuthorization } from './authorization/build-authorization.ts'
import type { Outcome } from './outcome.ts'
import type { PolicyTag } from './runtime-policy.ts'

/** The gateway answers in place of an origin, and nothing is wrong: a preflight. */
export interface Answered {
  readonly kind: 'answered'
  readonly answer: WrittenAnswer
}

/** One thing that is looked at before a request goes on. */
export interface AdmissionStep {
  readonly policy: PolicyTag
  run(request: AdmittedRequest): Outcome | Answered | Promise<Outcome | Answered>
}

/** What the policies of a route do with its requests; a route without policies has none. */
export interface Admission {
  /** In their order. */
  readonly steps: readonly AdmissionStep[]
  /** Null where there is none. */
  readonly authorization: (RuntimeAuthorization & { readonly policy: PolicyTag }) | null
  /** Null where none is enforced. */
  readonly cors: CompiledCors | null
  readonly compression: Compression | null
  readonly responseGuard: RuntimeResponseGuard | null
}

export interface RuntimeResponseGuard extends ResponseGuard {
  readonly policy: PolicyTag
}
