import type { ConfigurationFile, FileEntry, ReportLine } from '../configuration-file/configuration-file.ts'
import { FilePlaces, inFile, type Place } from '../configuration-file/file-places.ts'
import { errorIssue, type Issue } from '../schema/issue.ts'
import { DRAFTED_KINDS } from '../schema/resource.ts'
import { jsonPointer } from '../snapshot/decode-context.ts'
import { ACTIVITY_MS } from './defaults.ts'
import { importCluster, type ImportedCluster } from './import-cluster.ts'
import { importRoute } from './import-route.ts'
import { placeInSettings } from './place-in-settings.ts'
import type { JsonMap } from './json-value.ts'
import { readJsonWithComments } from './read-json-with-comments.ts'
import { type ImportReport, Section } from './section.ts'

export interface YarpImport {
  file: ConfigurationFile
  places: FilePlaces
  report: ReportLine[]
  issues: Issue[]
}

/** A cluster, and where in the file its fields stand. */
interface PlacedCluster extends ImportedCluster {
  place: Place
}

/**
 * Reads YARP's settings: a whole appsettings.json, its section ReverseProxy, or what that holds. Nothing is left out without
 * a line in the report; what guards a route is kept by name.
 */
export function importYarp(text: string): YarpImport {
  const result: YarpImport = { file: { listeners: [], upstreams: [], routes: [], providers: [], tlsPolicies: [], policies: [] }, places: new FilePlaces(), report: [], issues: [] }
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
  const clusters = new Map<string, PlacedCluster>()
  const inSettings = (path: string, entry: FileEntry) => (pointer: string) => placeInSettings(map, path, entry, pointer)
  for (const [id, section] of proxy.sections('Clusters')) {
    const cluster = importCluster(id, section, report)
    const place = inSettings(section.path, cluster.entry)
    clusters.set(id.toLowerCase(), { ...cluster, place })
    add(result, 'upstreams', cluster.entry, place)
  }
  for (const [id, section] of proxy.sections('Routes')) {
    const route = importRoute(id, section, report)
    if (route === null) continue
    const cluster = clusters.get(section.text('ClusterId')?.toLowerCase() ?? '')
    const entry = ofCluster(route, cluster, section, report)
    const own = inSettings(section.path, entry)
    // What the route does not say, its cluster says.
    add(result, 'routes', entry, (pointer) => (pointer === '/timeouts/activityMs' && own(pointer) === section.path ? cluster?.place(pointer) : undefined) ?? own(pointer))
  }
  if (proxy !== document) proxy.done()
  const own = document.section('Gateway')
  if (clusters.size === 0 && result.file.routes.length === 0 && own === undefined) report.issue('', 'there is neither ReverseProxy nor Routes and Clusters in the file')
  // Other sections of a whole settings file are not YARP's.
  else if (proxy === document) document.done()
  for (const key of map.keys()) if (/^reverseproxy:/i.test(key)) report.issue(jsonPointer([key]), 'keys with colons are not read; write objects in objects')
  if (own === undefined) return
  for (const kind of DRAFTED_KINDS) for (const { path, entry } of own.entries(kind)) add(result, kind, entry, inFile(path))
  own.done()
}

function add(result: YarpImport, kind: keyof ConfigurationFile, entry: FileEntry, place: Place): void {
  result.file[kind].push(entry)
  result.places.add(kind, place)
}

/** What YARP says at the cluster and we at the route. */
function ofCluster(route: FileEntry, cluster: PlacedCluster | undefined, section: Section, report: ImportReport): FileEntry {
  const id = section.text('ClusterId')
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
