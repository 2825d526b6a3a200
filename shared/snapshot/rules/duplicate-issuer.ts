import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Tokens are matched to providers by their issuer, so two enabled ones may not have the same. */
export function duplicateIssuer({ providers }: SnapshotContent): Issue[] {
  const seen = new Map<string, string>()
  return providers.flatMap(({ name, issuer, enabled }, index) => {
    if (!enabled) return []
    const other = seen.get(issuer)
    seen.set(issuer, name)
    return other === undefined ? [] : [errorIssue(`/providers/${index}/issuer`, 'duplicate_issuer', `provider "${name}" has the same issuer as provider "${other}"; disable one`)]
  })
}
