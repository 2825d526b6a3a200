import { findPolicy, namedPolicies, policyBook } from '../../policies/find-policy.ts'
import { errorIssue, type Issue } from '../../schema/issue.ts'
import { POLICY_FIELDS, policyKindOf } from '../../schema/policy.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'
import { nearestName } from '../nearest-name.ts'

/** Every policy that a route names must be there, be enabled and be of the kind that the field asks for. */
export function unknownPolicy({ routes, policies }: SnapshotContent): Issue[] {
  const book = policyBook(policies)
  return routes.flatMap((route, index) => namedPolicies(route).flatMap(({ field, name }) => {
    const at = `/routes/${index}/${field}`
    const policy = findPolicy(book, route.tenantCode, name)
    if (policy === undefined) {
      const near = nearestName(name, policies.filter(({ tenantCode }) => tenantCode === undefined || tenantCode === route.tenantCode).map((one) => one.name))
      return [errorIssue(at, 'unknown_reference', `route "${route.name}": there is no policy "${name}"${near === undefined ? '; add it, or name another' : `; did you mean "${near}"?`}`)]
    }
    const kind = policyKindOf(policy)
    if (kind !== POLICY_FIELDS[field]) return [errorIssue(at, 'other_policy_kind', `route "${route.name}": policy "${policy.name}" is about ${kind ?? 'nothing'}, and ${field} needs one about ${POLICY_FIELDS[field]}`)]
    return policy.enabled || !route.enabled ? [] : [errorIssue(at, 'policy_disabled', `route "${route.name}": policy "${policy.name}" is disabled, so every request would be refused; enable it, or take it out of the route`)]
  }))
}
