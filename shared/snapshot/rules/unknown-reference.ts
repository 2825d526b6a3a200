import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Every upstream and listener that a route names, and every TLS policy that a listener names, must be there. */
export function unknownReference(content: SnapshotContent): Issue[] {
  const upstreams = new Set(content.upstreams.map((upstream) => upstream.id))
  const listeners = new Set(content.listeners.map((listener) => listener.id))
  const issues: Issue[] = []
  for (const [index, route] of content.routes.entries()) {
    const check = (known: Set<string>, what: string, id: string | undefined, field: string) => {
      if (id === undefined || known.has(id)) return
      issues.push(errorIssue(`/routes/${index}/${field}`, 'unknown_reference', `route "${route.name}": there is no ${what} ${id}`))
    }
    check(upstreams, 'upstream', route.upstreamId, 'upstreamId')
    check(upstreams, 'upstream', route.mirror?.upstreamId, 'mirror/upstreamId')
    for (const [place, entry] of (route.split ?? []).entries()) check(upstreams, 'upstream', entry.upstreamId, `split/${place}/upstreamId`)
    for (const [place, id] of route.listenerIds.entries()) check(listeners, 'listener', id, `listenerIds/${place}`)
  }
  const policies = new Set(content.tlsPolicies.map(({ id }) => id))
  for (const [index, { name, tlsPolicyId }] of content.listeners.entries()) {
    if (tlsPolicyId === undefined || policies.has(tlsPolicyId)) continue
    issues.push(errorIssue(`/listeners/${index}/tlsPolicyId`, 'unknown_reference', `listener "${name}": there is no TLS policy ${tlsPolicyId}`))
  }
  return issues
}
