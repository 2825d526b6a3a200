import { warningIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

const PARTS = ['for', 'proto', 'host', 'prefix']

/** A RequestHeader for X-Forwarded-* is written first and then replaced by the default forwarding headers, so it means nothing. */
export function forwardedByHand({ routes }: SnapshotContent): Issue[] {
  return routes.flatMap((route, index) => {
    const keys = route.transforms.flatMap((transform) => Object.keys(transform).map((key) => key.toLowerCase()))
    if (keys.includes('x-forwarded') || keys.includes('forwarded')) return []
    return route.transforms.flatMap((transform, place) => {
      const entry = Object.entries(transform).find(([key]) => key.toLowerCase() === 'requestheader')
      const part = PARTS.find((name) => entry?.[1].toLowerCase() === `x-forwarded-${name}`)
      if (entry === undefined || part === undefined) return []
      return [warningIssue(`/routes/${index}/transforms/${place}/${entry[0]}`, 'forwarded_by_hand', `route "${route.name}": the gateway writes ${entry[1]} itself, after this transform; did you mean {"X-Forwarded": "Set"}?`)]
    })
  })
}
