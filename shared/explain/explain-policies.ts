import { findPolicy, namedPolicies, policyBook, policyNameOf } from '../policies/find-policy.ts'
import type { ExplainedPolicy, Explanation } from '../schema/explain.ts'
import { type Policy, POLICY_FIELDS, type PolicyField, policyKindOf } from '../schema/policy.ts'
import type { Route } from '../schema/route.ts'
import type { Identified } from '../schema/snapshot.ts'
import { withoutField } from '../transforms/header-lines.ts'
import { withoutParameter } from '../transforms/query-text.ts'
import { judgeAddress, type JudgedRequest, type Judgement, judgePolicy, judgePreflight, refuses, skipped } from './judge-policy.ts'

/** Takes out of the request what its authorization policy keeps for the gateway; one that only observes leaves all there. */
export function withoutCredentials(policies: readonly Identified<Policy>[], route: Identified<Route>, head: { fields: string; query: string }): void {
  const name = policyNameOf(route, 'authorizationPolicy')
  const policy = name === null ? undefined : findPolicy(policyBook(policies), route.tenantCode, name)
  if (policy === undefined || policy.mode === 'observe') return
  const { apiKey, basic, forward } = policy.authorization ?? {}
  if (apiKey?.query !== undefined) head.query = withoutParameter(head.query, apiKey.query)
  if (apiKey?.header !== undefined) head.fields = withoutField(head.fields, apiKey.header.toLowerCase())
  if (basic !== undefined) head.fields = withoutField(head.fields, 'authorization')
  for (const copied of forward?.copyHeaders ?? []) head.fields = withoutField(head.fields, copied.toLowerCase())
}

/** What the policies of a route do with a request. */
export interface PolicyDecision {
  readonly policies: ExplainedPolicy[]
  /** The first refusal of one that is enforced. */
  readonly refused: Explanation['refused']
  /** It is a preflight, which is allowed: nothing else comes of it. */
  readonly answersPreflight: boolean
}

/** A policy as a route names it. */
interface NamedPolicy {
  readonly field: PolicyField
  readonly name: string
  /** Undefined: there is none that is enabled and about this. */
  readonly policy: Identified<Policy> | undefined
}

const MISSING = refuses(503, 'policy_missing', 'there is no such policy that is enabled and about this')

/** What each policy of the route says. The gateway asks them in its own order: missing ones, addresses, preflights, then the others. */
export function explainPolicies(policies: readonly Identified<Policy>[], route: Identified<Route>, request: JudgedRequest): PolicyDecision {
  const named = policiesOf(policies, route)
  if (route.maintenance.enabled) return decided(named.map((one) => [one, skipped('the route is in maintenance')]))
  const authorization = named.find(({ field }) => field === 'authorizationPolicy')?.policy
  const address = authorization?.authorization === undefined ? null : judgeAddress(authorization.authorization, request)
  const isTurnedAway = named.some(({ policy }) => policy === undefined) || (address !== null && authorization?.mode === 'enforce')
  const cors = named.find(({ field }) => field === 'corsPolicy')?.policy
  const preflight = isTurnedAway || cors?.cors === undefined ? null : judgePreflight(cors.cors, cors.mode, request)
  const isAnswered = preflight !== null && cors?.mode === 'enforce' && preflight.outcome !== 'depends'
  return decided(named.map((one): [NamedPolicy, Judgement] => {
    const { field, policy } = one
    if (policy === undefined) return [one, MISSING]
    if (field === 'authorizationPolicy' && address !== null) return [one, address]
    if (field === 'corsPolicy' && preflight !== null) return [one, preflight]
    return [one, isAnswered ? skipped('a preflight is answered first') : judgePolicy(policy, route.id, request)]
  }))
}

function policiesOf(policies: readonly Identified<Policy>[], route: Identified<Route>): NamedPolicy[] {
  const book = policyBook(policies)
  return namedPolicies(route).map(({ field, name }) => {
    const policy = findPolicy(book, route.tenantCode, name)
    const isUsable = policy !== undefined && policy.enabled && policyKindOf(policy) === POLICY_FIELDS[field]
    return { field, name, policy: isUsable ? policy : undefined }
  })
}

function decided(judged: readonly (readonly [NamedPolicy, Judgement])[]): PolicyDecision {
  const isRefused = ([{ policy }, { outcome }]: (typeof judged)[number]): boolean => outcome === 'refuses' && policy?.mode !== 'observe'
  const first = judged.find(([{ policy }, { outcome }]) => policy === undefined && outcome === 'refuses') ?? judged.find(isRefused)
  return {
    policies: judged.map(([{ field, name, policy }, { outcome, reason }]) => ({ field, name: policy?.name ?? name, mode: policy?.mode ?? '', outcome, reason })),
    refused: first === undefined ? null : refusalBy(first[0].name, first[1]),
    answersPreflight: judged.some(([, { outcome }]) => outcome === 'answers')
  }
}

function refusalBy(name: string, { status = 0, code = '', reason }: Judgement): NonNullable<Explanation['refused']> {
  return { status, code, message: `Policy "${name}": ${reason}.` }
}
