import type { FileEntry } from '../configuration-file/configuration-file.ts'
import { DEFAULT_BODY_BYTES } from './defaults.ts'
import { metadataOverrides } from './gateway-metadata.ts'
import type { ImportReport, Section } from './section.ts'

/** A route of YARP (RouteConfig.cs) as an entry of a configuration file. */
export function importRoute(id: string, route: Section, report: ImportReport): FileEntry {
  if (route.value('RouteId') !== undefined) report.issue(route.at('RouteId'), 'a route is named by its key; take RouteId out')
  const cluster = route.text('ClusterId')
  const metadata = route.texts('Metadata')
  const order = route.number('Order') ?? 0
  const entry: FileEntry = {
    name: id,
    isGlobal: true,
    ...(order === 0 ? {} : { priority: -order }),
    match: importMatch(route, report),
    ...(cluster === undefined ? {} : { upstream: cluster }),
    ...policiesOf(route),
    ...timeoutsOf(route, report),
    ...bodyLimitOf(route),
    transforms: route.items('Transforms').map((transform) => transform.allTexts()),
    labels: labelsOf(metadata, route, report)
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
  const rules = (name: string): FileEntry[] => match.items(name).map((rule) => {
    const read: FileEntry = { name: rule.text('Name'), values: rule.list('Values'), mode: rule.text('Mode'), isCaseSensitive: rule.flag('IsCaseSensitive') }
    rule.done()
    return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
  })
  const entry = {
    hosts,
    ...(path === undefined || path === '' ? {} : { path: { type: 'pattern', value: path.startsWith('/') ? path : `/${path}` } }),
    methods: methods.filter((method) => method !== 'TRACE'),
    headers: rules('Headers'),
    query: rules('QueryParameters')
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
  if (policy !== undefined && policy.toLowerCase() !== 'disable') report.line(route.at('TimeoutPolicy'), 'loss', `the timeout policy "${policy}" lies in the program's code; set timeouts.totalMs`)
  return total === undefined ? {} : { timeouts: { totalMs: total } }
}

/** null is what the server allows by default; -1 is no limit. */
function bodyLimitOf(route: Section): FileEntry {
  const most = route.number('MaxRequestBodySize')
  return { maxRequestBodyBytes: most === undefined ? DEFAULT_BODY_BYTES : Math.max(0, most) }
}

function labelsOf(metadata: Record<string, string>, route: Section, report: ImportReport): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const [key, value] of Object.entries(metadata)) {
    if (key.startsWith('Gateway.')) continue
    if (/^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/.test(key) && value.length <= 256) labels[key] = value
    else report.line(`${route.at('Metadata')}/${key}`, 'loss', `"${key}" fits no label: 1 to 63 letters, digits or ._/-, and at most 256 characters`)
  }
  return labels
}
