import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Warns of enabled routes that can only answer 503: their upstream is disabled or has no enabled target. */
export function noTargets(content: SnapshotContent): Issue[] {
  const reasons = new Map<string, string>()
  for (const upstream of content.upstreams) {
    if (!upstream.enabled) reasons.set(upstream.id, `upstream "${upstream.name}" is disabled`)
    else if (!upstream.targets.some((target) => target.enabled)) reasons.set(upstream.id, `upstream "${upstream.name}" has no enabled target`)
  }
  const issues: Issue[] = []
  for (const [index, route] of content.routes.entries()) {
    if (!route.enabled) continue
    const used: [string, string][] = (route.split ?? []).map((entry, place) => [`split/${place}/upstreamId`, entry.upstreamId])
    if (route.upstreamId !== undefined) used.push(['upstreamId', route.upstreamId])
    for (const [field, id] of used) {
      const reason = reasons.get(id)
      if (reason !== undefined) issues.push(warningIssue(`/routes/${index}/${field}`, 'no_targets', `route "${route.name}" will answer 503: ${reason}`))
    }
  }
  return issues
}
