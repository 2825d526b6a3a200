import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import type { NodeRollout } from '../publishing/rollout.ts'
import { foundIssues } from './scoped-issues.ts'
import type { TenantScope } from './tenant-scope.ts'

/**
 * What nodes did with a revision as a scope may see it (`null`: whole): each node with its state, hash and times, and of the
 * issues those about the scope's own resources, with pointers into what it sees of the content. `contentOf` is asked for only
 * when there are any.
 */
export function visibleRollout(nodes: NodeRollout[], contentOf: () => SnapshotContent, scope: TenantScope | null): NodeRollout[] {
  const hasIssues = ({ issues = [], threads = [] }: NodeRollout): boolean => issues.length > 0 || threads.some((thread) => thread.issues.length > 0)
  if (scope === null || !nodes.some(hasIssues)) return nodes
  const within = foundIssues(contentOf(), scope)
  return nodes.map(({ issues, threads, ...node }) => ({
    ...node,
    ...(issues === undefined ? {} : { issues: within(issues) }),
    ...(threads === undefined ? {} : { threads: threads.map((thread) => ({ ...thread, issues: within(thread.issues) })) })
  }))
}
