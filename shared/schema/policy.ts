import Type from 'typebox'
import { Authorization } from './authorization.ts'
import { Compression } from './compression.ts'
import { Cors } from './cors.ts'
import { strictObject, words } from './field.ts'
import { RateLimiter } from './rate-limiter.ts'
import { commonFields, TenantCode } from './resource.ts'
import { ResponseGuard } from './response-guard.ts'

/** What a policy can be about; each has exactly one of these fields. */
export const POLICY_KINDS = ['authorization', 'rateLimiter', 'cors', 'compression', 'responseGuard'] as const
export type PolicyKind = (typeof POLICY_KINDS)[number]

/** A named rule that routes refer to. */
export const Policy = strictObject(
  {
    ...commonFields,
    tenantCode: Type.Optional(TenantCode),
    mode: words(['enforce', 'observe'], { title: 'Mode', description: 'observe only counts what enforce would refuse: the request goes on as it came, with its credentials.', default: 'enforce' }),
    authorization: Type.Optional(Authorization),
    rateLimiter: Type.Optional(RateLimiter),
    cors: Type.Optional(Cors),
    compression: Type.Optional(Compression),
    responseGuard: Type.Optional(ResponseGuard)
  },
  { title: 'Policy', description: 'Who may come in, how often, from which pages, and how answers leave: exactly one of these. Routes name it.' }
)
export type Policy = Type.Static<typeof Policy>

/** What the policy is about. */
export function policyKindOf(policy: Partial<Pick<Policy, PolicyKind>>): PolicyKind | null {
  return POLICY_KINDS.find((kind) => policy[kind] !== undefined) ?? null
}

/** The fields of a route that name a policy, and the kind that each must be of. */
export const POLICY_FIELDS = {
  authorizationPolicy: 'authorization',
  rateLimiterPolicy: 'rateLimiter',
  corsPolicy: 'cors',
  compressionPolicy: 'compression',
  responseGuardPolicy: 'responseGuard'
} as const satisfies Record<string, PolicyKind>
export type PolicyField = keyof typeof POLICY_FIELDS

/** Names that mean "no policy", as in YARP: no policy may have one. */
export const NO_POLICY: Readonly<Record<PolicyField, string>> = {
  authorizationPolicy: 'anonymous',
  rateLimiterPolicy: 'disable',
  corsPolicy: 'disable',
  compressionPolicy: 'disable',
  responseGuardPolicy: 'disable'
}
