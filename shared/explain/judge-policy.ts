import { compileIpRanges } from '../forwarding/ip-ranges.ts'
import { compileCors, preflightOf, preflightRefusal } from '../policies/compile-cors.ts'
import { limitKeyOf } from '../policies/limit-key.ts'
import type { Authorization, JwtAuthorization } from '../schema/authorization.ts'
import type { Cors } from '../schema/cors.ts'
import type { ExplainedPolicy, ExplainedRequest } from '../schema/explain.ts'
import type { Policy } from '../schema/policy.ts'
import { fieldValue } from '../transforms/header-lines.ts'
import { parameterValues } from '../transforms/query-text.ts'

/** What of a request its policies look at. */
export interface JudgedRequest extends Pick<ExplainedRequest, 'tenantSource' | 'token'> {
  readonly method: string
  readonly fields: string
  readonly query: string
  readonly clientAddress: string
  readonly user: string
  readonly tenant: string
  /** False: its headers and its query were not kept, so whether it brought credentials is not known. */
  readonly isWhole: boolean
}

/** What a policy says to a request; with a status and code where it refuses. */
export type Judgement = Pick<ExplainedPolicy, 'outcome' | 'reason'> & { status?: number; code?: string }

const passes = (reason: string): Judgement => ({ outcome: 'passes', reason })
const depends = (reason: string): Judgement => ({ outcome: 'depends', reason })
const applies = (reason: string): Judgement => ({ outcome: 'applies', reason })
export const skipped = (reason: string): Judgement => ({ outcome: 'skipped', reason })
export const refuses = (status: number, code: string, reason: string): Judgement => ({ outcome: 'refuses', reason, status, code })

const NOT_KEPT = 'its headers and its query were not kept'

/** What a policy that is neither about addresses nor about preflights says. */
export function judgePolicy({ authorization, rateLimiter, cors, compression, responseGuard }: Policy, routeId: string, request: JudgedRequest): Judgement {
  if (authorization !== undefined) return judgeCredentials(authorization, request)
  if (cors !== undefined) return judgeOrigin(cors, request)
  if (rateLimiter !== undefined) return depends(`${rateLimiter.limit} requests in ${rateLimiter.windowSeconds} s, ${rateLimiter.scope === 'node' ? 'on each node' : 'on all nodes together'}, counted as "${limitKeyOf(rateLimiter.key, routeId, { ...request, clientIp: request.clientAddress })}"`)
  if (compression !== undefined) return applies(`answers of ${compression.minBytes} bytes or more, as ${compression.encodings.join(', ')}; the client accepts ${fieldValue(request.fields, 'accept-encoding') ?? 'none'}`)
  return applies(`answers of at most ${responseGuard?.maxBodyBytes || 'any number of'} bytes, a head within ${responseGuard?.headTimeoutMs || 'any number of'} ms, a body within ${responseGuard?.bodyTimeoutMs || 'any number of'} ms`)
}

/** Null: the client may come from there. */
export function judgeAddress({ ipAllow, ipDeny }: Authorization, { clientAddress }: JudgedRequest): Judgement | null {
  if (compileIpRanges(ipDeny)?.(clientAddress) === true) return refuses(403, 'forbidden', `${clientAddress} is among the denied addresses`)
  return compileIpRanges(ipAllow)?.(clientAddress) === false ? refuses(403, 'forbidden', `${clientAddress} is not among the allowed addresses`) : null
}

/** Null: the request is no preflight. A policy that observes answers none. */
export function judgePreflight(cors: Cors, mode: Policy['mode'], { method, fields, isWhole }: JudgedRequest): Judgement | null {
  if (method === 'OPTIONS' && !isWhole) return depends(`whether it was a preflight is not known: ${NOT_KEPT}`)
  const preflight = preflightOf(method, fields)
  if (preflight === null) return null
  const reason = preflightRefusal(compileCors(cors), preflight)
  if (reason !== null) return refuses(204, 'forbidden', `a preflight, which is not allowed: ${reason}`)
  return mode === 'enforce' ? { outcome: 'answers', reason: 'a preflight, which is allowed' } : applies('a preflight, which is allowed, and goes on because the policy only observes')
}

function judgeCredentials({ jwt, apiKey, basic, forward }: Authorization, request: JudgedRequest): Judgement {
  const { fields, query, isWhole } = request
  const lacks = (what: string): Judgement => (isWhole ? refuses(401, 'unauthorized', `there is no ${what}`) : depends(`whether there was a ${what} is not known: ${NOT_KEPT}`))
  if (jwt !== undefined) return judgeToken(jwt, request)
  if (apiKey !== undefined) {
    const key = apiKey.query === undefined ? fieldValue(fields, (apiKey.header ?? '').toLowerCase()) : parameterValues(query, apiKey.query)[0] ?? null
    return key === null ? lacks(`key in ${apiKey.header ?? `the parameter ${apiKey.query}`}`) : depends('only data nodes know the keys')
  }
  if (basic !== undefined) return /^basic /i.test(fieldValue(fields, 'authorization') ?? '') ? depends('only data nodes look at passwords') : lacks('user and password')
  return forward === undefined ? passes('everybody is let in') : depends(`${forward.url} is asked`)
}

function judgeToken({ requiredClaims, requiredScopes }: JwtAuthorization, { token, user }: JudgedRequest): Judgement {
  switch (token) {
    case 'none':
      return refuses(401, 'unauthorized', 'there is no token')
    case 'invalid':
      return refuses(401, 'unauthorized', 'the token is invalid')
    case 'unverified':
      return depends('only data nodes can verify the token')
    case 'valid':
      return requiredClaims.length + requiredScopes.length === 0 ? passes(`the token is of ${user === '' ? 'nobody by name' : user}`) : depends('the claims and scopes of the token decide')
  }
}

function judgeOrigin(cors: Cors, { fields, isWhole }: JudgedRequest): Judgement {
  const origin = fieldValue(fields, 'origin')
  if (origin === null) return applies(isWhole ? 'the request names no origin' : `whether it named an origin is not known: ${NOT_KEPT}`)
  return applies(compileCors(cors).isAllowed(origin) ? `pages of ${origin} may read the answer` : `pages of ${origin} may not read the answer`)
}
