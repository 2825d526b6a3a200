import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { Route } from '../../schema/route.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Warns of an upstream with several targets of which only one is used, because the one tenant that has it is the only key. */
export function tenantAffinityHotspot({ upstreams, routes, providers }: SnapshotContent): Issue[] {
  // A verified user is a finer key.
  if (providers.some(({ enabled }) => enabled)) return []
  const tenants = tenantsByUpstream(routes)
  return upstreams.flatMap(({ id, name, enabled, sessionAffinity, targets }, index) => {
    const used = tenants.get(id)
    if (!enabled || !sessionAffinity.enabled || sessionAffinity.policy !== 'Hash' || used === undefined) return []
    const [tenant] = used
    if (used.size !== 1 || tenant === '' || targets.filter((target) => target.enabled).length < 2) return []
    return [warningIssue(`/upstreams/${index}/sessionAffinity/policy`, 'tenant_affinity_hotspot', `upstream "${name}" is used by tenant ${tenant} only, and without users the tenant is the key: all its requests go to one target; add an identity provider, or use another policy`)]
  })
}

/** '' stands for every tenant. */
function tenantsByUpstream(routes: readonly Route[]): Map<string, Set<string>> {
  const tenants = new Map<string, Set<string>>()
  for (const { enabled, upstreamId, split = [], tenantCode = '' } of routes) {
    if (!enabled) continue
    const ids = [...split.map((share) => share.upstreamId), ...(upstreamId === undefined ? [] : [upstreamId])]
    for (const id of ids) tenants.set(id, (tenants.get(id) ?? new Set()).add(tenantCode))
  }
  return tenants
}
