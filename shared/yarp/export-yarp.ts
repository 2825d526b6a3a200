import { completeEntry } from '../configuration-file/complete-entry.ts'
import type { FileEntry, ReportLine } from '../configuration-file/configuration-file.ts'
import { fileOfContent } from '../configuration-file/file-of-content.ts'
import type { Route } from '../schema/route.ts'
import type { SnapshotContent } from '../schema/snapshot.ts'
import { canonicalJson } from '../snapshot/canonical.ts'
import { ACTIVITY_MS } from './defaults.ts'
import { exportCluster } from './export-cluster.ts'
import { exportRoute, inexpressible } from './export-route.ts'
import { GATEWAY_PREFIX } from './gateway-metadata.ts'
import { importYarp } from './import-yarp.ts'

type Yarp = Record<string, Record<string, unknown>>

/**
 * The configuration as settings of YARP. What YARP cannot say stands in Metadata under "Gateway.", and what it must not
 * serve in a section "Gateway" of its own; both are told as losses. importYarp() of it gives the same configuration.
 */
export function exportYarp(content: SnapshotContent): { document: object; report: ReportLine[] } {
  const report: ReportLine[] = []
  const file = fileOfContent(content)
  const own: Record<string, FileEntry[]> = { listeners: file.listeners, upstreams: [], routes: [], providers: file.providers }
  const clusters: Yarp = {}
  const routes: Yarp = {}
  const written = { upstreams: new Map<string, FileEntry>(), routes: new Map<string, FileEntry>() }
  const setAside = (kind: 'upstreams' | 'routes', name: string, why: string): void => {
    own[kind]!.push(file[kind].find((entry) => entry['name'] === name)!)
    report.push({ path: `/Gateway/${kind}/${own[kind]!.length - 1}`, kind: 'loss', message: `"${name}" is set aside: ${why}` })
  }
  const names = new Map(content.upstreams.map(({ id, name }) => [id, name]))
  for (const { id, ...upstream } of content.upstreams) {
    if (!upstream.enabled || upstream.tenantCode !== undefined || upstream.name.toLowerCase() in lowered(clusters)) setAside('upstreams', upstream.name, upstream.enabled ? 'YARP knows no tenants' : 'it is disabled')
    else {
      clusters[upstream.name] = exportCluster(upstream, activityOf(content.routes, id))
      written.upstreams.set(upstream.name, upstream)
    }
  }
  for (const { id: _id, ...route } of content.routes) {
    const upstream = names.get(route.upstreamId ?? '') ?? ''
    const why = inexpressible(route) ?? (upstream in clusters ? null : 'its upstream is set aside')
    if (why !== null) setAside('routes', route.name, why)
    else {
      routes[route.name] = exportRoute({ ...route, upstream })
      written.routes.set(route.name, file.routes.find((entry) => entry['name'] === route.name && entry['tenantCode'] === route.tenantCode)!)
    }
  }
  const document = { ReverseProxy: { Routes: routes, Clusters: clusters }, Gateway: own }
  keepDifferences(document, written, report)
  return { document, report }
}

function lowered(clusters: Yarp): Record<string, true> {
  return Object.fromEntries(Object.keys(clusters).map((name) => [name.toLowerCase(), true]))
}

/** What most routes of the upstream have. */
function activityOf(routes: readonly Route[], upstreamId: string): number {
  const counts = new Map<number, number>()
  for (const { upstreamId: used, timeouts } of routes) if (used === upstreamId) counts.set(timeouts.activityMs, (counts.get(timeouts.activityMs) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? ACTIVITY_MS
}

/** Reads the document as anybody would, and puts into Metadata what came out differently. */
function keepDifferences(document: { ReverseProxy: { Routes: Yarp; Clusters: Yarp } }, written: { upstreams: ReadonlyMap<string, FileEntry>; routes: ReadonlyMap<string, FileEntry> }, report: ReportLine[]): void {
  const { file } = importYarp(JSON.stringify(document))
  for (const [kind, place] of [['upstreams', 'Clusters'], ['routes', 'Routes']] as const) {
    const read = new Map(file[kind].map((entry) => [String(entry['name']), entry]))
    for (const [name, entry] of written[kind]) {
      const target = document.ReverseProxy[place][name]!
      const came = completeEntry(kind, read.get(name) ?? {}) ?? {}
      const meant = completeEntry(kind, entry) ?? entry
      for (const field of new Set([...Object.keys(meant), ...Object.keys(came)])) {
        if (canonicalJson(came[field] ?? null) === canonicalJson(meant[field] ?? null)) continue
        target['Metadata'] = { ...target['Metadata'] as object | undefined, [GATEWAY_PREFIX + field]: JSON.stringify(meant[field] ?? null) }
        report.push({ path: `/ReverseProxy/${place}/${name}/Metadata/${GATEWAY_PREFIX}${field}`, kind: 'loss', message: `${field} of "${name}" is more than YARP can say; it stands in Metadata, which YARP does not act on` })
      }
    }
  }
}
