import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Whoever may write the header gets as many limits as they like. */
export function clientChosenKey({ policies }: SnapshotContent): Issue[] {
  return policies.flatMap(({ name, enabled, rateLimiter }, index) => (enabled && rateLimiter?.key.startsWith('header:') === true
    ? [warningIssue(`/policies/${index}/rateLimiter/key`, 'client_chosen_key', `policy "${name}" counts by a header that clients write: with another value they get another limit; use ip, user or tenant unless a proxy before the gateway sets it`)]
    : []))
}
