import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Secrets cannot be stored yet: a transform that needs one would send the request without it. */
export function secretReference({ routes }: SnapshotContent): Issue[] {
  return routes.flatMap((route, index) => route.transforms.flatMap((transform, place) => Object.entries(transform).flatMap(([key, value]) =>
    value.includes('${secret:') ? [errorIssue(`/routes/${index}/transforms/${place}/${key}`, 'not_yet_supported', `route "${route.name}": secrets are not supported yet; leave \${secret:...} out`)] : []
  )))
}
