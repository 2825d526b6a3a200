import type { FileEntry } from '../configuration-file/configuration-file.ts'
import { DEFAULT_BODY_BYTES } from './defaults.ts'
import { labelsOf, metadataOverrides } from './gateway-metadata.ts'
import { placeholderPart } from './outside-yarp.ts'
import type { ImportReport, Section } from './section.ts'

/** HeaderMatchMode and QueryParameterMatchMode of YARP. */
const HEADER_MODES = ['ExactHeader', 'HeaderPrefix', 'Contains', 'NotContains', 'Exists', 'NotExists']
const QUERY_MODES = ['Exact', 'Contains', 'NotContains', 'Prefix', 'Exists']
const MOST_PRIORITY = 1_000_000_000

/** A route of YARP (RouteConfig.cs) as an entry of a configuration file; null when it is left out, because it could serve nothing here. */
export function importRoute(id: string, route: Section, report: ImportReport): FileEntry | null {
  if (route.value('RouteId') !== undefined) report.issue(route.at('RouteId'), 'a route is named by its key; take RouteId out')
  const cluster = route.text('ClusterId')
  const metadata = route.texts('Metadata')
  const overrides = metadataOverrides(metadata, route.at('Metadata'), report)
  const { match, takesOnlyTrace } = importMatch(id, route, report)
  const entry: FileEntry = {
    name: id,
    isGlobal: true,
    ...priorityOf(route, report),
    match,
    ...(cluster === undefined ? {} : { upstream: cluster }),
    ...policiesOf(route),
    ...timeoutsOf(route, report),
    ...bodyLimitOf(route, report),
    transforms: transformsOf(route, report),
    labels: labelsOf(metadata, route.at('Metadata'), report)
  }
  route.lost('OutputCachePolicy', 'answers are not cached')
  route.done()
  // Without its method it would take every one.
  if (takesOnlyTrace && !('match' in overrides)) {
    report.line(route.at('Match'), 'loss', `the route "${id}" takes only TRACE, which is always answered 405 here, and is left out`)
    return null
  }
  const whole = { ...entry, ...overrides }
  if (!('upstream' in whole || 'split' in whole || 'redirect' in whole || 'respond' in whole)) report.issue(route.path, `the route "${id}" has no ClusterId, so there is nothing it could do; name a cluster`)
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined))
}

function importMatch(id: string, route: Section, report: ImportReport): { match: FileEntry; takesOnlyTrace: boolean } {
  const match = route.section('Match')
  if (match === undefined) {
    report.issue(route.path, `the route "${id}" needs Match, with a Path or Hosts`)
    return { match: {}, takesOnlyTrace: false }
  }
  const path = match.text('Path')
  const hosts = match.list('Hosts')
  if ((path === undefined || path === '') && hosts.every((host) => host === '')) report.issue(match.path, `the route "${id}" needs a Path or Hosts; to match every request, write the Path /{**catch-all}`)
  const methods = match.list('Methods').map((method) => method.toUpperCase())
  const served = methods.filter((method) => method !== 'TRACE')
  if (served.length > 0 && served.length < methods.length) report.line(match.at('Methods'), 'change', 'TRACE is always answered 405 here and is left out')
  const rules = (name: string, modes: readonly string[]): FileEntry[] => match.items(name).map((rule) => {
    const read: FileEntry = { name: rule.text('Name'), values: rule.list('Values'), mode: rule.word('Mode', modes), isCaseSensitive: rule.flag('IsCaseSensitive') }
    rule.done()
    return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
  })
  const entry = {
    hosts,
    ...(path === undefined || path === '' ? {} : { path: { type: 'pattern', value: path.startsWith('/') ? path : `/${path}` } }),
    methods: served,
    headers: rules('Headers', HEADER_MODES),
    query: rules('QueryParameters', QUERY_MODES)
  }
  match.done()
  return { match: entry, takesOnlyTrace: methods.length > 0 && served.length === 0 }
}

/** What guards a route is kept by name, whatever it means: the name has to be there before a publish. */
function policiesOf(route: Section): FileEntry {
  const policies = { authorizationPolicy: route.text('AuthorizationPolicy'), rateLimiterPolicy: route.text('RateLimiterPolicy'), corsPolicy: route.text('CorsPolicy') }
  return Object.fromEntries(Object.entries(policies).filter(([, name]) => name !== undefined && name !== ''))
}

function timeoutsOf(route: Section, report: ImportReport): FileEntry {
  const total = route.milliseconds('Timeout')
  const policy = route.text('TimeoutPolicy')
  if (total !== undefined && policy !== undefined) report.issue(route.at('TimeoutPolicy'), 'YARP takes Timeout or TimeoutPolicy, not both; take one out')
  if (policy !== undefined && policy.toLowerCase() !== 'disable') report.line(route.at('TimeoutPolicy'), 'loss', `the timeout policy "${policy}" lies in the program's code; set timeouts.totalMs`)
  return total === undefined ? {} : { timeouts: { totalMs: total } }
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
