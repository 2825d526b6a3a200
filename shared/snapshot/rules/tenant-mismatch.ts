import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** An upstream of a tenant is used by routes of that tenant only. */
export function tenantMismatch({ routes, upstreams }: SnapshotContent): Issue[] {
  const owners = new Map(upstreams.flatMap(({ id, name, tenantCode }) => (tenantCode === undefined ? [] : [[id, { name, tenantCode }] as const])))
  if (owners.size === 0) return []
  return routes.flatMap((route, index) => {
    const used: [string, string | undefined][] = [['upstreamId', route.upstreamId], ['mirror/upstreamId', route.mirror?.upstreamId], ...(route.split ?? []).map((share, place): [string, string] => [`split/${place}/upstreamId`, share.upstreamId])]
    return used.flatMap(([field, id]) => {
      const owner = id === undefined ? undefined : owners.get(id)
      if (owner === undefined || owner.tenantCode === route.tenantCode) return []
      return [errorIssue(`/routes/${index}/${field}`, 'tenant_mismatch', `route "${route.name}" is ${route.tenantCode === undefined ? 'global' : `of tenant ${route.tenantCode}`}, but upstream "${owner.name}" is of tenant ${owner.tenantCode}; use one of its own, or one without a tenant`)]
    })
  })
}
