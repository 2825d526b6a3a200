import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'
import { parseTargetAddress } from '../target-address.ts'

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/
/** No connection can be made to these: "this host", multicast, broadcast, nothing at all. */
const NOBODY = /^(0\.|22[4-9]\.|23\d\.|255\.255\.255\.255$|\[::\]$|\[ff)/

/** Warns of targets that no node can reach, or that lead back into the gateway itself. */
export function unreachableTarget({ listeners, upstreams }: SnapshotContent): Issue[] {
  const ports = new Map(listeners.filter(({ enabled }) => enabled).map((listener) => [listener.port, listener]))
  return upstreams.flatMap((upstream, index) => upstream.targets.flatMap((target, place) => {
    const address = parseTargetAddress(target.address)
    if (!upstream.enabled || !target.enabled || address === null) return []
    const at = `/upstreams/${index}/targets/${place}/address`
    if (NOBODY.test(address.host)) return [warningIssue(at, 'unreachable_target', `target "${target.id}" of upstream "${upstream.name}": nothing can be reached at ${address.host}; give the address of the program itself`)]
    const listener = ports.get(address.port)
    const isOwn = listener !== undefined && (LOOPBACK.test(address.host) ? listener.address === '0.0.0.0' || LOOPBACK.test(bracketed(listener.address)) : bracketed(listener.address) === address.host)
    return isOwn ? [warningIssue(at, 'target_is_listener', `target "${target.id}" of upstream "${upstream.name}" is listener "${listener.name}" of the gateway itself: its requests would go round in circles`)] : []
  }))
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
