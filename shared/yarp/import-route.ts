import type { FileEntry } from '../configuration-file/configuration-file.ts'
import { DEFAULT_BODY_BYTES } from './defaults.ts'
import { labelsOf, metadataOverrides } from './gateway-metadata.ts'
import { placeholderPart } from './outside-yarp.ts'
import type { ImportReport, Section } from './section.ts'

/** HeaderMatchMode and QueryParameterMatchMode of YARP. */
const HEADER_MODES = ['ExactHeader', 'HeaderPrefix', 'Contains', 'NotContains', 'Exists', 'NotExists']
const QUERY_MODES = ['Exact', 'Contains', 'NotContains', 'Prefix', 'Exists']
const MOST_PRIORITY = 1_000_000_000

/** A route of YARP (RouteConfig.cs) as an entry of a configuration file. */
export function importRoute(id: string, route: Section, report: ImportReport): FileEntry {
  if (route.value('RouteId') !== undefined) report.issue(route.at('RouteId'), 'a route is named by its key; take RouteId out')
  const cluster = route.text('ClusterId')
  const metadata = route.texts('Metadata')
  const entry: FileEntry = {
    name: id,
    isGlobal: true,
    ...priorityOf(route, report),
    match: importMatch(route, report),
    ...(cluster === undefined ? {} : { upstream: cluster }),
    ...policiesOf(route),
    ...timeoutsOf(route, report),
    ...bodyLimitOf(route, report),
    transforms: transformsOf(route, report),
    labels: labelsOf(metadata, route.at('Metadata'), report)
  }
  route.lost('OutputCachePolicy', 'answers are not cached')
  route.done()
  const whole = { ...entry, ...metadataOverrides(metadata, route.at('Metadata'), report) }
  if (!('upstream' in whole || 'split' in whole || 'redirect' in whole || 'respond' in whole)) report.issue(route.path, `the route "${id}" has no ClusterId, so there is nothing it could do; name a cluster`)
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined))
}

function importMatch(route: Section, report: ImportReport): FileEntry {
  const match = route.section('Match')
  if (match === undefined) {
    report.issue(route.path, 'a route needs Match, with a Path or Hosts')
    return {}
  }
  const path = match.text('Path')
  const hosts = match.list('Hosts')
  const methods = match.list('Methods').map((method) => method.toUpperCase())
  if (methods.includes('TRACE')) report.line(match.at('Methods'), 'change', 'TRACE is always answered 405 here and is left out')
  const rules = (name: string, modes: readonly string[]): FileEntry[] => match.items(name).map((rule) => {
    const read: FileEntry = { name: rule.text('Name'), values: rule.list('Values'), mode: rule.word('Mode', modes), isCaseSensitive: rule.flag('IsCaseSensitive') }
    rule.done()
    return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
  })
  const entry = {
    hosts,
    ...(path === undefined || path === '' ? {} : { path: { type: 'pattern', value: path.startsWith('/') ? path : `/${path}` } }),
    methods: methods.filter((method) => method !== 'TRACE'),
    headers: rules('Headers', HEADER_MODES),
    query: rules('QueryParameters', QUERY_MODES)
  }
  match.done()
  return entry
}

/** What guards a route is kept by name, whatever it means: the name has to be there before a publish. */
function policiesOf(route: Section): FileEntry {
  const policies = { authorizationPolicy: route.text('AuthorizationPolicy'), rateLimiterPolicy: route.text('RateLimiterPolicy'), corsPolicy: route.text('CorsPolicy') }
  return Object.fromEntries(Object.entries(policies).filter(([, name]) => name !== undefined && name !== ''))
}

function timeoutsOf(route: Section, report: ImportReport): FileEntry {
  const total = route.span('Timeout')
  const policy = route.text('TimeoutPolicy')
  if (total !== undefined && total <= 0) report.issue(route.at('Timeout'), 'Timeout must be above zero')
  if (total !== undefined && policy !== undefined) report.issue(route.at('TimeoutPolicy'), 'YARP takes Timeout or TimeoutPolicy, not both; take one out')
  if (policy !== undefined && policy.toLowerCase() !== 'disable') report.line(route.at('TimeoutPolicy'), 'loss', `the timeout policy "${policy}" lies in the program's code; set timeouts.totalMs`)
  return total === undefined ? {} : { timeouts: { totalMs: Math.ceil(total) } }
}

/** null is what the server allows by default; -1 is no limit. */
function bodyLimitOf(route: Section, report: ImportReport): FileEntry {
  const most = route.number('MaxRequestBodySize') ?? DEFAULT_BODY_BYTES
  if (most < -1) report.issue(route.at('MaxRequestBodySize'), 'MaxRequestBodySize must be a number of bytes, or -1 for no limit')
  if (most !== 0) return { maxRequestBodyBytes: Math.max(0, most) }
  // 0 is no body at all there, and no limit here.
  report.line(route.at('MaxRequestBodySize'), 'change', 'the smallest limit here is 1 byte; YARP takes no body at all')
  return { maxRequestBodyBytes: 1 }
}

/** Smaller wins there, bigger here. */
function priorityOf(route: Section, report: ImportReport): FileEntry {
  const order = route.number('Order') ?? 0
  if (order === 0) return {}
  const priority = Math.min(MOST_PRIORITY, Math.max(-MOST_PRIORITY, -order))
  if (priority !== -order) report.line(route.at('Order'), 'change', `a priority goes from -${MOST_PRIORITY} to ${MOST_PRIORITY}; it becomes ${priority}`)
  return { priority }
}

function transformsOf(route: Section, report: ImportReport): Record<string, string>[] {
  return route.items('Transforms').map((section) => {
    const transform = section.allTexts()
    const filledIn = placeholderPart(transform)
    if (filledIn !== null) report.line(section.at(filledIn), 'change', 'YARP sends what stands in braces as it is; here it is filled in for each request')
    return transform
  })
}
