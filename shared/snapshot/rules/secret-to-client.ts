import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** What is written into a response is read by whoever asked. */
export function secretToClient({ routes }: SnapshotContent): Issue[] {
  return routes.flatMap((route, index) => route.transforms.flatMap((transform, place) => {
    const entries = Object.entries(transform)
    if (!entries.some(([key]) => /^response/i.test(key))) return []
    return entries.flatMap(([key, value]) => value.includes('${secret:')
      ? [errorIssue(`/routes/${index}/transforms/${place}/${key}`, 'secret_to_client', `route "${route.name}": a response must not carry a secret to the client; take \${secret:...} out`)]
      : [])
  }))
}
