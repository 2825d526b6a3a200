import type { SnapshotContent } from '../../../../shared/schema/snapshot.ts'

/**
 * A curl line that meets the first enabled route of a configuration on a node at `host`; null when nothing is
 * served. Hosts with a wildcard get a name in place of the star.
 */
export function curlLine(content: SnapshotContent, host: string): string | null {
  for (const route of content.routes.filter((one) => one.enabled)) {
    const listener = content.listeners.find((one) => one.enabled && (route.listenerIds.length === 0 || route.listenerIds.includes(one.id)))
    if (listener === undefined) continue
    const path = route.match.path?.type === 'prefix' || route.match.path?.type === 'exact' ? route.match.path.value : '/'
    const wanted = route.match.hosts[0]?.replace('*.', 'www.').replace(/:.*$/, '')
    const method = route.match.methods.length === 0 || route.match.methods.includes('GET') ? '' : ` -X ${route.match.methods[0]}`
    const header = wanted === undefined || wanted === '*' ? '' : ` -H 'Host: ${wanted}'`
    return `curl -i${method}${header} '${listener.protocol}://${host}:${listener.port}${path}'`
  }
  return null
}
