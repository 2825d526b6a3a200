import { namedPolicies } from '../../shared/policies/find-policy.ts'
import { POLICY_FIELDS, type PolicyField } from '../../shared/schema/policy.ts'
import type { Route } from '../../shared/schema/route.ts'
import type { Identified } from '../../shared/schema/snapshot.ts'
import { FAILURES } from '../proxy/failure.ts'
import type { Admission, AdmissionStep } from './admission.ts'
import type { RuntimeAuthorization } from './authorization/build-authorization.ts'
import { GRANTED, refused } from './outcome.ts'
import { preflightStep } from './preflight-step.ts'
import type { PolicyTag, RuntimePolicy } from './runtime-policy.ts'

/** Finds the policy that a route means by a name; undefined when there is none. */
export type FindRuntimePolicy = (tenantCode: string | undefined, name: string) => RuntimePolicy | undefined

const NO_GRANT = refused(FAILURES.policyMissing, 'policy_missing')
const WRONG_ADDRESS = refused(FAILURES.forbidden, 'address')

/** What the policies of a route do, in their order; null where it names none. What is missing, disabled or about something else refuses everything. */
export function buildAdmission(route: Identified<Route>, find: FindRuntimePolicy): Admission | null {
  const names = namedPolicies(route)
  if (names.length === 0) return null
  const missing: AdmissionStep[] = []
  const policies: Partial<Record<PolicyField, RuntimePolicy>> = {}
  for (const { field, name } of names) {
    const policy = find(route.tenantCode, name)
    if (policy !== undefined && policy.enabled && policy.kind === POLICY_FIELDS[field]) policies[field] = policy
    else missing.push({ policy: { id: policy?.id ?? '', name, enforces: true }, run: () => NO_GRANT })
  }
  const { authorizationPolicy, rateLimiterPolicy, corsPolicy, compressionPolicy, responseGuardPolicy } = policies
  const authorization = authorizationPolicy?.authorization ?? null
  const cors = corsPolicy?.cors ?? null
  const limiter = rateLimiterPolicy?.limiter ?? null
  const limit: AdmissionStep[] = limiter === null || rateLimiterPolicy === undefined ? [] : [{ policy: rateLimiterPolicy, run: (request) => limiter.count(route.id, request) }]
  const isLimitedLate = limiter !== null && limiter.needsIdentity
  return {
    steps: [
      ...missing,
      ...authorizationPolicy !== undefined && authorization !== null ? addressSteps(authorizationPolicy, authorization) : [],
      ...corsPolicy !== undefined && cors !== null ? [preflightStep(corsPolicy, cors)] : [],
      ...isLimitedLate ? [] : limit,
      ...authorizationPolicy !== undefined && authorization !== null ? authorizationSteps(authorizationPolicy, authorization) : [],
      ...isLimitedLate ? limit : []
    ],
    authorization: authorization === null || authorizationPolicy === undefined ? null : { ...authorization, policy: authorizationPolicy },
    cors: corsPolicy?.enforces === true ? cors : null,
    compression: compressionPolicy?.enforces === true ? compressionPolicy.compression : null,
    responseGuard: responseGuardPolicy === undefined || responseGuardPolicy.responseGuard === null ? null : { ...responseGuardPolicy.responseGuard, policy: responseGuardPolicy }
  }
}

function addressSteps(policy: PolicyTag, { addresses, keyParameter }: RuntimeAuthorization): AdmissionStep[] {
  const hide: AdmissionStep[] = keyParameter === '' ? [] : [{ policy, run: (request) => (request.hideParameter(keyParameter), GRANTED) }]
  return addresses === null ? hide : [...hide, { policy, run: ({ clientIp }) => (addresses(clientIp) ? GRANTED : WRONG_ADDRESS) }]
}

function authorizationSteps(policy: PolicyTag, { authenticator }: RuntimeAuthorization): AdmissionStep[] {
  if (authenticator === null) return []
  return [{
    policy,
    run(request) {
      const outcome = authenticator.check(request)
      // A policy that only observes leaves the request as it came.
      if (policy.enforces) authenticator.strip(request)
      return outcome
    }
  }]
}
