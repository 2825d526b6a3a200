import { completeEntry } from '../configuration-file/complete-entry.ts'
import type { FileEntry, ReportLine } from '../configuration-file/configuration-file.ts'
import { entriesById } from '../configuration-file/file-of-content.ts'
import type { Route } from '../schema/route.ts'
import type { SnapshotContent } from '../schema/snapshot.ts'
import { canonicalJson } from '../snapshot/canonical.ts'
import { jsonPointer } from '../snapshot/decode-context.ts'
import { ACTIVITY_MS } from './defaults.ts'
import { exportCluster } from './export-cluster.ts'
import { exportRoute } from './export-route.ts'
import { GATEWAY_PREFIX } from './gateway-metadata.ts'
import { importYarp } from './import-yarp.ts'
import { upstreamOutsideYarp, routeOutsideYarp } from './outside-yarp.ts'

/** What YARP gets of a kind, by name, with the entry that it must read as. A map, because any word may be a name. */
type Written = Map<string, { target: Record<string, unknown>; meant: FileEntry }>
type ExportedKind = 'upstreams' | 'routes'

/**
 * The configuration as settings of YARP. What YARP cannot say stands in Metadata under "Gateway.", and what it must not
 * serve in a section "Gateway" of its own; both are told as losses. importYarp() of it gives the same configuration.
 */
export function exportYarp(content: SnapshotContent): { document: object; report: ReportLine[] } {
  const report: ReportLine[] = []
  const entries = entriesById(content)
  const own: Record<string, FileEntry[]> = { listeners: [...entries.listeners.values()], upstreams: [], routes: [], providers: [...entries.providers.values()], tlsPolicies: [...entries.tlsPolicies.values()], policies: [...entries.policies.values()] }
  const setAside = (kind: ExportedKind, { id, name }: { id: string; name: string }, why: string): void => {
    report.push({ path: `/Gateway/${kind}/${own[kind]!.push(entries[kind].get(id)!) - 1}`, kind: 'loss', message: `"${name}" is set aside: ${why}` })
  }
  const clusters: Written = new Map()
  const clusterNames = new Map<string, string>()
  const activities = activityByUpstream(content.routes)
  const affinityKeys = new Set<string>()
  for (const upstream of content.upstreams) {
    const why = upstreamOutsideYarp(upstream)
    if (why !== null) setAside('upstreams', upstream, why)
    else {
      const target = exportCluster(upstream, activities.get(upstream.id) ?? ACTIVITY_MS, affinityKeys)
      clusters.set(upstream.name, { target, meant: entries.upstreams.get(upstream.id)! })
      clusterNames.set(upstream.id, upstream.name)
    }
  }
  const routes: Written = new Map()
  for (const { id, ...route } of content.routes) {
    const cluster = clusterNames.get(route.upstreamId ?? '')
    const why = routeOutsideYarp(route) ?? (cluster === undefined ? 'its upstream is set aside' : null)
    if (why !== null || cluster === undefined) setAside('routes', { id, name: route.name }, why ?? '')
    else routes.set(route.name, { target: exportRoute(route, cluster), meant: entries.routes.get(id)! })
  }
  const settings = { ReverseProxy: { Routes: settingsOf(routes), Clusters: settingsOf(clusters) } }
  keepDifferences(JSON.stringify(settings), { upstreams: clusters, routes }, report)
  return { document: { ...settings, Gateway: own }, report }
}

function settingsOf(written: Written): object {
  return Object.fromEntries([...written].map(([name, { target }]) => [name, target]))
}

/** What most routes of each upstream have. */
function activityByUpstream(routes: readonly Route[]): Map<string, number> {
  const counts = new Map<string, Map<number, number>>()
  for (const { upstreamId, timeouts } of routes) {
    if (upstreamId === undefined) continue
    const ofUpstream = counts.get(upstreamId) ?? new Map<number, number>()
    counts.set(upstreamId, ofUpstream.set(timeouts.activityMs, (ofUpstream.get(timeouts.activityMs) ?? 0) + 1))
  }
  return new Map([...counts].map(([id, ofUpstream]) => [id, [...ofUpstream].toSorted((a, b) => b[1] - a[1])[0]![0]]))
}

/** Reads the settings as anybody would, and puts into Metadata what came out differently. */
function keepDifferences(settings: string, written: Record<ExportedKind, Written>, report: ReportLine[]): void {
  const { file } = importYarp(settings)
  for (const [kind, place] of [['upstreams', 'Clusters'], ['routes', 'Routes']] as const) {
    const read = new Map(file[kind].map((entry) => [String(entry['name']), entry]))
    for (const [name, { target, meant: entry }] of written[kind]) {
      const came = completeEntry(kind, read.get(name) ?? {}) ?? {}
      const meant = completeEntry(kind, entry) ?? entry
      for (const field of new Set([...Object.keys(meant), ...Object.keys(came)])) {
        if (canonicalJson(came[field] ?? null) === canonicalJson(meant[field] ?? null)) continue
        const key = GATEWAY_PREFIX + field
        target['Metadata'] = { ...(target['Metadata'] as object | undefined), [key]: JSON.stringify(meant[field] ?? null) }
        report.push({ path: jsonPointer(['ReverseProxy', place, name, 'Metadata', key]), kind: 'loss', message: `${field} of "${name}" is more than YARP can say; it stands in Metadata, which YARP does not act on` })
      }
    }
  }
}
