import { findPolicy, namedPolicies, policyBook } from '../../policies/find-policy.ts'
import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** A policy that no route names guards nothing. */
export function unusedPolicy({ routes, policies }: SnapshotContent): Issue[] {
  const book = policyBook(policies)
  const used = new Set(routes.flatMap((route) => namedPolicies(route).map(({ name }) => findPolicy(book, route.tenantCode, name)?.id)))
  return policies.flatMap(({ id, name, enabled }, index) => (enabled && !used.has(id) ? [warningIssue(`/policies/${index}`, 'unused_policy', `no route names the policy "${name}", so it does nothing`)] : []))
}
