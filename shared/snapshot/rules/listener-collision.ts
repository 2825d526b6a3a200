import type { Listener } from '../../schema/listener.ts'
import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { Identified, SnapshotContent } from '../../schema/snapshot.ts'

interface PortUse {
  first: Identified<Listener>
  wildcard: Identified<Listener> | undefined
  byAddress: Map<string, Identified<Listener>>
}

/**
 * Two enabled listeners may not use the same port and address, nor the same port when one of them binds every
 * address. "::" binds IPv6 only, so the families do not meet.
 */
export function listenerCollision(content: SnapshotContent): Issue[] {
  const issues: Issue[] = []
  const uses = new Map<string, PortUse>()
  for (const [index, listener] of content.listeners.entries()) {
    if (!listener.enabled) continue
    const { address, port } = listener
    const key = `${address.includes(':') ? 6 : 4} ${port}`
    const use = uses.get(key)
    const isWildcard = address === '0.0.0.0' || address === '::'
    const other = use === undefined ? undefined : (use.wildcard ?? (isWildcard ? use.first : use.byAddress.get(address)))
    if (other !== undefined) {
      issues.push(errorIssue(`/listeners/${index}/port`, 'listener_collision', `listener "${listener.name}" (${address} port ${port}) collides with listener "${other.name}" (${other.address} port ${port})`))
    }
    if (use === undefined) uses.set(key, { first: listener, wildcard: isWildcard ? listener : undefined, byAddress: new Map([[address, listener]]) })
    else {
      if (isWildcard) use.wildcard ??= listener
      if (!use.byAddress.has(address)) use.byAddress.set(address, listener)
    }
  }
  return issues
}
