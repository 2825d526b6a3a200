import { isGuarded } from '../../policies/find-policy.ts'
import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** What decides about a guarded route must be what the origin gets: a raw path could mean something else there. */
export function rawPathGuarded({ routes }: SnapshotContent): Issue[] {
  return routes.flatMap((route, index) => (route.forwardPath === 'raw' && isGuarded(route)
    ? [errorIssue(`/routes/${index}/forwardPath`, 'raw_path_guarded', `route "${route.name}" has an authorization policy, so its path must be forwarded normalized; leave forwardPath out`)]
    : []))
}
