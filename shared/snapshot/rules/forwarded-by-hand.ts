import { warningIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'
import { FORWARDING, X_FORWARDED_PARTS } from '../../transforms/forwarding-fields.ts'
import { idleTransforms } from '../../transforms/idle-transforms.ts'

/** A transform of a forwarding field that the gateway writes anyway, behind all of them, means nothing. */
export function forwardedByHand({ routes }: SnapshotContent): Issue[] {
  return routes.flatMap((route, index) => idleTransforms(route, FORWARDING).map(({ index: place, key, field }) => {
    const part = X_FORWARDED_PARTS.find((name) => field === `x-forwarded-${name.toLowerCase()}`)
    const fix = part === undefined ? 'use the transform Forwarded' : `leave it to this one with {"X-Forwarded": "Set", "${part}": "Off"}`
    return warningIssue(`/routes/${index}/transforms/${place}/${key}`, 'forwarded_by_hand', `route "${route.name}": what ${route.transforms[place]![key]} holds is up to the gateway, so this transform is not applied; take it out, or ${fix}`)
  }))
}
