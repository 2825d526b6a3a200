import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'
import { nearestName } from '../nearest-name.ts'

/** A policy that asks for tokens needs the provider that it names, or any, enabled. */
export function unknownProvider({ policies, providers }: SnapshotContent): Issue[] {
  const names = providers.map(({ name }) => name)
  return policies.flatMap(({ name, enabled, authorization }, index) => {
    if (authorization?.jwt === undefined) return []
    const wanted = authorization.jwt.provider
    const at = `/policies/${index}/authorization/jwt`
    if (wanted === undefined) return !enabled || providers.some((provider) => provider.enabled) ? [] : [errorIssue(at, 'no_provider', `policy "${name}" asks for tokens, and there is no enabled identity provider; add one`)]
    const provider = providers.find((one) => one.name.toLowerCase() === wanted.toLowerCase())
    if (provider === undefined) {
      const near = nearestName(wanted, names)
      return [errorIssue(`${at}/provider`, 'unknown_reference', `policy "${name}": there is no identity provider "${wanted}"${near === undefined ? '' : `; did you mean "${near}"?`}`)]
    }
    return provider.enabled || !enabled ? [] : [errorIssue(`${at}/provider`, 'no_provider', `policy "${name}": identity provider "${provider.name}" is disabled, so no token would be taken; enable it`)]
  })
}
