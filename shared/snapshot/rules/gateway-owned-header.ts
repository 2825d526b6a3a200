import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

const OWNED = new Set(['x-request-id', 'x-tenant-code', 'x-tenant-source'])
const TRANSFORMS = new Set(['requestheader', 'requestheaderroutevalue', 'requestheaderremove', 'clientcert'])

/** What only the gateway says to origins cannot be written or taken away by a route. */
export function gatewayOwnedHeader({ routes }: SnapshotContent): Issue[] {
  return routes.flatMap((route, index) => route.transforms.flatMap((transform, place) => {
    const entry = Object.entries(transform).find(([key]) => TRANSFORMS.has(key.toLowerCase()))
    if (entry === undefined || !OWNED.has(entry[1].toLowerCase())) return []
    return [errorIssue(`/routes/${index}/transforms/${place}/${entry[0]}`, 'gateway_owned_header', `route "${route.name}": ${entry[1]} is written by the gateway itself, so that origins can believe it; take this transform out or use another name`)]
  }))
}
