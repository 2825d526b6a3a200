import { compileCors, preflightOf, preflightRefusal } from '../policies/compile-cors.ts'
import { findPolicy, namedPolicies, policyBook, policyNameOf } from '../policies/find-policy.ts'
import { limitKeyOf } from '../policies/limit-key.ts'
import { compileIpRanges } from '../forwarding/ip-ranges.ts'
import type { Authorization } from '../schema/authorization.ts'
import type { ExplainedPolicy, Explanation } from '../schema/explain.ts'
import { type Policy, POLICY_FIELDS, policyKindOf } from '../schema/policy.ts'
import type { Route } from '../schema/route.ts'
import type { Identified } from '../schema/snapshot.ts'
import { fieldValue, withoutField } from '../transforms/header-lines.ts'
import { parameterValues, withoutParameter } from '../transforms/query-text.ts'

/** What of a request its policies look at. */
export interface JudgedRequest {
  readonly method: string
  readonly fields: string
  readonly query: string
  readonly clientAddress: string
  readonly hasToken: boolean
  readonly user: string
  readonly tenant: string
  readonly tenantSource: 'token' | 'header' | ''
}

/** Takes out of the request what its authorization policy keeps for the gateway. */
export function withoutCredentials(policies: readonly Identified<Policy>[], route: Identified<Route>, head: { fields: string; query: string }): void {
  const name = policyNameOf(route, 'authorizationPolicy')
  const { apiKey, basic, forward } = (name === null ? undefined : findPolicy(policyBook(policies), route.tenantCode, name))?.authorization ?? {}
  if (apiKey?.query !== undefined) head.query = withoutParameter(head.query, apiKey.query)
  if (apiKey?.header !== undefined) head.fields = withoutField(head.fields, apiKey.header.toLowerCase())
  if (basic !== undefined) head.fields = withoutField(head.fields, 'authorization')
  for (const copied of forward?.copyHeaders ?? []) head.fields = withoutField(head.fields, copied.toLowerCase())
}

type Judgement = Pick<ExplainedPolicy, 'outcome' | 'reason'> & { status?: number; code?: string }

const passes = (reason: string): Judgement => ({ outcome: 'passes', reason })
const depends = (reason: string): Judgement => ({ outcome: 'depends', reason })
const applies = (reason: string): Judgement => ({ outcome: 'applies', reason })
const refuses = (status: number, code: string, reason: string): Judgement => ({ outcome: 'refuses', reason, status, code })

/** What each policy of the route says, and the first refusal of one that is enforced. */
export function explainPolicies(policies: readonly Identified<Policy>[], route: Identified<Route>, request: JudgedRequest): { policies: ExplainedPolicy[]; refused: Explanation['refused'] } {
  const book = policyBook(policies)
  let refused: Explanation['refused'] = null
  const explained = namedPolicies(route).map(({ field, name }): ExplainedPolicy => {
    const policy = findPolicy(book, route.tenantCode, name)
    const isUsable = policy !== undefined && policy.enabled && policyKindOf(policy) === POLICY_FIELDS[field]
    const { outcome, reason, status, code } = isUsable ? judge(policy, route, request) : refuses(503, 'policy_missing', 'there is no such policy that is enabled and about this')
    const isEnforced = !isUsable || policy.mode === 'enforce'
    if (isEnforced && refused === null && status !== undefined && code !== undefined) refused = { status, code, message: `Policy "${name}": ${reason}.` }
    return { field, name: policy?.name ?? name, mode: policy?.mode ?? '', outcome, reason }
  })
  return { policies: explained, refused }
}

function judge({ authorization, rateLimiter, cors, compression, responseGuard }: Policy, route: Identified<Route>, request: JudgedRequest): Judgement {
  if (authorization !== undefined) return judgeAuthorization(authorization, request)
  if (cors !== undefined) return judgeCors(cors, request)
  if (rateLimiter !== undefined) return depends(`${rateLimiter.limit} requests in ${rateLimiter.windowSeconds} s, ${rateLimiter.scope === 'node' ? 'on each node' : 'on all nodes together'}, counted as "${limitKeyOf(rateLimiter.key, route.id, { ...request, clientIp: request.clientAddress })}"`)
  if (compression !== undefined) return applies(`answers of ${compression.minBytes} bytes or more, as ${compression.encodings.join(', ')}; the client accepts ${fieldValue(request.fields, 'accept-encoding') ?? 'none'}`)
  return applies(`answers of at most ${responseGuard?.maxBodyBytes || 'any number of'} bytes, a head within ${responseGuard?.headTimeoutMs || 'any number of'} ms, a body within ${responseGuard?.bodyTimeoutMs || 'any number of'} ms`)
}

function judgeAuthorization({ jwt, apiKey, basic, forward, ipAllow, ipDeny }: Authorization, { fields, query, clientAddress, hasToken, user }: JudgedRequest): Judgement {
  if (compileIpRanges(ipDeny)?.(clientAddress) === true) return refuses(403, 'forbidden', `${clientAddress} is among the denied addresses`)
  if (compileIpRanges(ipAllow)?.(clientAddress) === false) return refuses(403, 'forbidden', `${clientAddress} is not among the allowed addresses`)
  if (jwt !== undefined) {
    if (!hasToken) return refuses(401, 'unauthorized', 'there is no token')
    return jwt.requiredClaims.length + jwt.requiredScopes.length === 0 ? passes(`the token is of ${user === '' ? 'nobody by name' : user}`) : depends('the claims and scopes of the token decide')
  }
  if (apiKey !== undefined) {
    const key = apiKey.query === undefined ? fieldValue(fields, (apiKey.header ?? '').toLowerCase()) : parameterValues(query, apiKey.query)[0] ?? null
    return key === null ? refuses(401, 'unauthorized', `there is no key in ${apiKey.header ?? `the parameter ${apiKey.query}`}`) : depends('only data nodes know the keys')
  }
  if (basic !== undefined) return /^basic /i.test(fieldValue(fields, 'authorization') ?? '') ? depends('only data nodes look at passwords') : refuses(401, 'unauthorized', 'there is no user and password')
  return forward === undefined ? passes('everybody is let in') : depends(`${forward.url} is asked`)
}

function judgeCors(cors: NonNullable<Policy['cors']>, { method, fields }: JudgedRequest): Judgement {
  const compiled = compileCors(cors)
  const preflight = preflightOf(method, fields)
  if (preflight !== null) {
    const reason = preflightRefusal(compiled, preflight)
    return { outcome: 'answers', reason: reason === null ? 'a preflight, which is allowed' : `a preflight, which is not allowed: ${reason}` }
  }
  const origin = fieldValue(fields, 'origin')
  if (origin === null) return applies('the request names no origin')
  return applies(compiled.isAllowed(origin) ? `pages of ${origin} may read the answer` : `pages of ${origin} may not read the answer`)
}
