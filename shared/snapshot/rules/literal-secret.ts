import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

const SECRET_HEADER = /^(?:authorization|cookie|x-api-key|.*-token)$/i

/** Whoever can read the configuration could read what should be secret, and every revision keeps it. */
export function literalSecret({ routes }: SnapshotContent): Issue[] {
  return routes.flatMap((route, index) => route.transforms.flatMap((transform, place) => {
    const entries = Object.entries(transform)
    const header = entries.find(([key]) => key.toLowerCase() === 'requestheader')?.[1] ?? ''
    if (!SECRET_HEADER.test(header)) return []
    return entries.flatMap(([key, value]) => /^(?:set|append)$/i.test(key) && !value.includes('${') && value !== ''
      ? [errorIssue(`/routes/${index}/transforms/${place}/${key}`, 'literal_secret', `route "${route.name}": ${header} must not hold a secret in clear; store it as a secret and write \${secret:name}`)]
      : [])
  }))
}
