import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Warns of listeners that take a PROXY header from everybody: who connects says by itself which address it has. */
export function proxyHeaderOfAnybody({ listeners }: SnapshotContent): Issue[] {
  return listeners.flatMap(({ name, enabled, proxyProtocol, trustedProxies }, index) => {
    if (!enabled || !proxyProtocol || trustedProxies.length > 0) return []
    return [warningIssue(`/listeners/${index}/trustedProxies`, 'proxy_header_of_anybody', `listener "${name}" believes the PROXY header of whoever connects, so that anybody can claim any client address; name the balancers in trustedProxies`)]
  })
}
