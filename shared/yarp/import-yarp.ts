import type { ConfigurationFile, FileEntry, ReportLine } from '../configuration-file/configuration-file.ts'
import { errorIssue, type Issue } from '../schema/issue.ts'
import { DRAFTED_KINDS } from '../schema/resource.ts'
import { ACTIVITY_MS } from './defaults.ts'
import { importCluster, type ImportedCluster } from './import-cluster.ts'
import { importRoute } from './import-route.ts'
import { type JsonMap, toPlain } from './json-value.ts'
import { readJsonWithComments } from './read-json-with-comments.ts'
import { type ImportReport, Section } from './section.ts'

export interface YarpImport {
  file: ConfigurationFile
  /** Where each entry of the file stands in the text, by kind and place. */
  places: Record<keyof ConfigurationFile, string[]>
  report: ReportLine[]
  issues: Issue[]
}

/**
 * Reads YARP's settings: a whole appsettings.json, its section ReverseProxy, or what that holds. Nothing is left out without
 * a line in the report; what guards a route is kept by name.
 */
export function importYarp(text: string): YarpImport {
  const result: YarpImport = { file: { listeners: [], upstreams: [], routes: [], providers: [] }, places: { listeners: [], upstreams: [], routes: [], providers: [] }, report: [], issues: [] }
  const report: ImportReport = {
    line: (path, kind, message) => void result.report.push({ path, kind, message }),
    issue: (path, message) => void result.issues.push(errorIssue(path, 'invalid_yarp', message))
  }
  const read = readJsonWithComments(text)
  if ('problem' in read) {
    const { line, column, message } = read.problem
    report.issue('', `line ${line}, column ${column}: ${message}`)
  } else if (read.value instanceof Map) importDocument(read.value, report, result)
  else report.issue('', 'the file must hold an object')
  return result
}

function importDocument(map: JsonMap, report: ImportReport, result: YarpImport): void {
  const document = new Section(map, '', report)
  const proxy = document.section('ReverseProxy') ?? document
  const clusters = new Map<string, ImportedCluster>()
  for (const [id, section] of proxy.sections('Clusters')) {
    const cluster = importCluster(id, section, report)
    clusters.set(id.toLowerCase(), cluster)
    add(result, 'upstreams', cluster.entry, section.path)
  }
  for (const [id, section] of proxy.sections('Routes')) add(result, 'routes', ofCluster(importRoute(id, section, report), clusters, section, report), section.path)
  if (proxy !== document) proxy.done()
  if (clusters.size === 0 && result.file.routes.length === 0 && document.value('Gateway') === undefined) report.issue('', 'there is neither ReverseProxy nor Routes and Clusters in the file')
  const own = document.value('Gateway')
  if (!(own instanceof Map)) return
  for (const kind of DRAFTED_KINDS) {
    const entries = toPlain(own.get(kind) ?? [])
    for (const [index, entry] of (Array.isArray(entries) ? entries : []).entries()) add(result, kind, entry as FileEntry, `/Gateway/${kind}/${index}`)
  }
}

function add(result: YarpImport, kind: keyof ConfigurationFile, entry: FileEntry, path: string): void {
  result.file[kind].push(entry)
  result.places[kind].push(path)
}

/** What YARP says at the cluster and we at the route. */
function ofCluster(route: FileEntry, clusters: ReadonlyMap<string, ImportedCluster>, section: Section, report: ImportReport): FileEntry {
  const id = section.text('ClusterId')
  const cluster = clusters.get(id?.toLowerCase() ?? '')
  if (id !== undefined && cluster === undefined) report.issue(section.at('ClusterId'), `there is no cluster "${id}" in the file`)
  if (cluster === undefined) return route
  const timeouts = (route['timeouts'] ?? {}) as FileEntry
  const transforms = route['transforms'] as unknown[]
  return {
    ...route,
    ...('activityMs' in timeouts || cluster.activityMs === ACTIVITY_MS ? {} : { timeouts: { ...timeouts, activityMs: cluster.activityMs } }),
    ...(cluster.basePath === '' ? {} : { transforms: [...transforms, { PathPrefix: cluster.basePath }] })
  }
}
