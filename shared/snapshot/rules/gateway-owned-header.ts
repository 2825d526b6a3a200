import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'
import { GATEWAY_OWNED } from '../../transforms/gateway-owned.ts'
import { idleTransforms } from '../../transforms/idle-transforms.ts'

/** What only the gateway says to origins cannot be written or taken away by a route. */
export function gatewayOwnedHeader({ routes }: SnapshotContent): Issue[] {
  return routes.flatMap((route, index) => idleTransforms(route, GATEWAY_OWNED).map(({ index: place, key }) =>
    errorIssue(`/routes/${index}/transforms/${place}/${key}`, 'gateway_owned_header', `route "${route.name}": ${route.transforms[place]![key]} is written by the gateway itself, so that origins can believe it; take this transform out or use another name`)
  ))
}
