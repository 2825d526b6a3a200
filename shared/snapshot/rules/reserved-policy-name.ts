import { errorIssue, type Issue } from '../../schema/issue.ts'
import { NO_POLICY } from '../../schema/policy.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

const RESERVED: ReadonlySet<string> = new Set(Object.values(NO_POLICY))

/** In a route these words say that it has no policy. */
export function reservedPolicyName({ policies }: SnapshotContent): Issue[] {
  return policies.flatMap(({ name }, index) => (RESERVED.has(name.toLowerCase()) ? [errorIssue(`/policies/${index}/name`, 'reserved_name', `"${name}" means in a route that it has no policy; give the policy another name`)] : []))
}
