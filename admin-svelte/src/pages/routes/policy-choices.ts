import { findPolicy, policyBook } from '../../../../shared/policies/find-policy.ts'
import { NO_POLICY, POLICY_FIELDS, type Policy, type PolicyField, policyKindOf } from '../../../../shared/schema/policy.ts'
import type { Identified } from '../../../../shared/schema/snapshot.ts'

/** The policies that a route of a tenant may name in a field: those that all share, and over one of the same name its own. */
export function policyChoices(policies: readonly Identified<Policy>[], field: PolicyField, tenantCode: string | undefined): Identified<Policy>[] {
  const book = policyBook(policies)
  return policies.filter((policy) => policyKindOf(policy) === POLICY_FIELDS[field] && findPolicy(book, tenantCode, policy.name) === policy)
}

export type NameProblem = 'unknown' | 'otherKind' | 'disabled'

/** Why a publish would refuse the route, as long as the policies are what they are; null where it would not. */
export function nameProblem(policies: readonly Identified<Policy>[], field: PolicyField, tenantCode: string | undefined, name: string): NameProblem | null {
  if (name === '' || name.toLowerCase() === NO_POLICY[field]) return null
  const policy = findPolicy(policyBook(policies), tenantCode, name)
  if (policy === undefined) return 'unknown'
  if (policyKindOf(policy) !== POLICY_FIELDS[field]) return 'otherKind'
  return policy.enabled ? null : 'disabled'
}
