import { findPolicy, policyBook, policyNameOf } from '../../policies/find-policy.ts'
import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** An authorization policy in mode observe lets everybody in. */
export function onlyObserves({ routes, policies }: SnapshotContent): Issue[] {
  const book = policyBook(policies)
  return routes.flatMap((route, index) => {
    const name = policyNameOf(route, 'authorizationPolicy')
    const policy = name === null ? undefined : findPolicy(book, route.tenantCode, name)
    if (!route.enabled || policy === undefined || policy.mode !== 'observe') return []
    return [warningIssue(`/routes/${index}/authorizationPolicy`, 'only_observes', `route "${route.name}" lets everybody in: policy "${policy.name}" is in mode observe and only counts`)]
  })
}
