import type { SnapshotContent } from '../schema/snapshot.ts'

/** The names that need a certificate by ACME: those that TLS policies of served listeners give, and exact hosts of their routes where they say so. */
export function acmeNames({ listeners, routes, tlsPolicies }: SnapshotContent): string[] {
  const names = new Set<string>()
  for (const policy of tlsPolicies) {
    const used = listeners.filter(({ enabled, tlsPolicyId }) => enabled && tlsPolicyId === policy.id)
    if (!policy.enabled || !policy.acme.enabled || used.length === 0) continue
    for (const name of policy.acme.domains) if (isName(name)) names.add(name)
    if (!policy.acme.fromRoutes) continue
    const ids = new Set(used.map(({ id }) => id))
    for (const { enabled, listenerIds, match } of routes) {
      if (!enabled || (listenerIds.length > 0 && !listenerIds.some((id) => ids.has(id)))) continue
      for (const host of match.hosts) {
        const name = host.replace(/:(\d+|\*)$/, '')
        if (isName(name)) names.add(name)
      }
    }
  }
  return [...names].sort()
}

/** A DNS name: no wildcard, for which HTTP-01 cannot be used, and no address. */
function isName(host: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host) && !/^[\d.]+$/.test(host)
}
