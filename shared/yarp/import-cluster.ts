import type { FileEntry } from '../configuration-file/configuration-file.ts'
import { jsonPointer } from '../snapshot/decode-context.ts'
import { ACTIVITY_MS, CONNECT_MS, FAILURES_THRESHOLD, HEALTH_METADATA, RATE_LIMIT } from './defaults.ts'
import { labelsOf, metadataOverrides } from './gateway-metadata.ts'
import type { ImportReport, Section } from './section.ts'

/** Balancing of YARP (LoadBalancing/LoadBalancingPolicies.cs). */
const BALANCERS = ['FirstAlphabetical', 'Random', 'RoundRobin', 'LeastRequests', 'PowerOfTwoChoices']

export interface ImportedCluster {
  entry: FileEntry
  /** HttpRequest.ActivityTimeout, which belongs to the routes here. */
  activityMs: number
  /** Path in front of every destination's, which a transform of the routes adds here; '' for none. */
  basePath: string
}

/** A cluster of YARP (ClusterConfig.cs, ClusterValidator.cs) as an entry of a configuration file. */
export function importCluster(id: string, cluster: Section, report: ImportReport): ImportedCluster {
  const metadata = cluster.texts('Metadata')
  const { targets, basePath } = importDestinations(cluster, report)
  const request = cluster.section('HttpRequest')
  const activity = request?.span('ActivityTimeout') ?? ACTIVITY_MS
  const http2 = request !== undefined && importVersion(request, report)
  request?.lost('AllowResponseBuffering', 'answers are never held back')
  request?.done()
  const entry: FileEntry = {
    name: id,
    targets,
    loadBalancing: cluster.word('LoadBalancingPolicy', BALANCERS) ?? 'PowerOfTwoChoices',
    ...importHealth(cluster, metadata, report),
    ...importAffinity(cluster),
    connection: { ...importClient(cluster), ...(http2 ? { http2: true } : {}) },
    retry: { attempts: 0 },
    labels: labelsOf(metadata, cluster.at('Metadata'), report, HEALTH_METADATA)
  }
  cluster.done()
  const overrides = metadataOverrides(metadata, cluster.at('Metadata'), report)
  return { entry: Object.fromEntries(Object.entries({ ...entry, ...overrides }).filter(([, value]) => value !== undefined)), activityMs: activity, basePath }
}

/** Whether HTTP/2 is spoken for certain; a version that may be lowered is HTTP/1.1 here. */
function importVersion(request: Section, report: ImportReport): boolean {
  const version = Number(request.word('Version', ['1.0', '1.1', '2', '2.0', '3', '3.0']) ?? 2)
  const policy = request.word('VersionPolicy', ['RequestVersionOrLower', 'RequestVersionOrHigher', 'RequestVersionExact']) ?? 'RequestVersionOrLower'
  const isLowered = policy === 'RequestVersionOrLower' && version >= 2
  if (version === 3 && !isLowered) report.line(request.at('Version'), 'change', 'HTTP/3 to targets is not spoken; HTTP/1.1 is')
  if (version === 1) report.line(request.at('Version'), 'change', 'HTTP/1.0 to targets is not spoken; HTTP/1.1 is')
  return version === 2 && !isLowered
}

function importDestinations(cluster: Section, report: ImportReport): { targets: FileEntry[]; basePath: string } {
  const paths = new Set<string>()
  const targets = cluster.sections('Destinations').map(([id, destination]) => {
    const address = destination.text('Address')
    if (address === undefined) report.issue(destination.path, `the destination "${id}" needs an Address`)
    const [, origin = address ?? '', path = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]+)(\/[^?#]*)?$/i.exec(address ?? '') ?? []
    paths.add(path.replace(/\/+$/, ''))
    const host = destination.text('Host')
    // A probe goes to the path of the address too, which stays in none of the targets.
    const health = destination.text('Health') ?? (path.length > 1 ? address : undefined)
    const target: FileEntry = { id, address: origin, ...(host === undefined ? {} : { host }), ...(health === undefined ? {} : { healthUrl: health }), metadata: destination.texts('Metadata') }
    destination.done()
    return target
  })
  const [basePath = ''] = paths
  if (paths.size > 1) report.issue(cluster.at('Destinations'), 'the addresses have different paths; give all the same, or make a cluster of each')
  else if (basePath !== '') report.line(cluster.at('Destinations'), 'change', `targets have no path here: each route of the cluster gets the transform PathPrefix ${basePath} as its last`)
  return { targets, basePath: paths.size > 1 ? '' : basePath }
}

function importHealth(cluster: Section, metadata: Readonly<Record<string, string>>, report: ImportReport): FileEntry {
  const health = cluster.section('HealthCheck')
  const active = health?.section('Active')
  const passive = health?.section('Passive')
  const availability = health?.word('AvailableDestinationsPolicy', ['HealthyOrPanic', 'HealthyAndUnknown'])
  const threshold = (key: string, least: number, most: number): number | undefined => {
    const number = metadata[key] === undefined ? undefined : Number(metadata[key].trim() || Number.NaN)
    if (number === undefined || (number >= least && number <= most)) return number
    report.issue(cluster.at('Metadata') + jsonPointer([key]), `${key} must be a number from ${least} to ${most}`)
    return undefined
  }
  onlyPolicy(active, 'ConsecutiveFailures', report)
  onlyPolicy(passive, 'TransportFailureRate', report)
  const rate = threshold(RATE_LIMIT, 0, 1)
  const result: FileEntry = {
    healthCheck: {
      active: {
        enabled: active?.flag('Enabled') ?? false,
        path: (active?.text('Path') ?? '/') + (active?.text('Query') ?? ''),
        intervalSeconds: active?.seconds('Interval') ?? 15,
        timeoutSeconds: active?.seconds('Timeout') ?? 10,
        unhealthyAfter: threshold(FAILURES_THRESHOLD, 1, 100) ?? 2
      },
      passive: {
        enabled: passive?.flag('Enabled') ?? false,
        policy: { policy: 'TransportFailureRate', ...(rate === undefined ? {} : { rate }) },
        reactivationSeconds: passive?.seconds('ReactivationPeriod') ?? 60,
        // YARP knows no limit.
        maxEjectedPercent: 100
      }
    },
    ...(availability === undefined ? {} : { availability })
  }
  for (const section of [active, passive, health]) section?.done()
  return result
}

/** Any other policy lies in the program's code. */
function onlyPolicy(check: Section | undefined, known: string, report: ImportReport): void {
  const policy = check?.text('Policy')
  if (policy === undefined || policy === '' || policy.toLowerCase() === known.toLowerCase()) return
  report.line(check!.at('Policy'), 'loss', `the policy "${policy}" lies in the program's code; ${known} stands in its place`)
}

function importAffinity(cluster: Section): FileEntry {
  const affinity = cluster.section('SessionAffinity')
  if (affinity === undefined) return {}
  const cookie = affinity.section('Cookie')
  const failure = affinity.word('FailurePolicy', ['Redistribute', 'Return503Error'])
  const keyName = affinity.text('AffinityKeyName')
  const optional = (fields: FileEntry): FileEntry => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  const result: FileEntry = {
    sessionAffinity: optional({
      enabled: affinity.flag('Enabled'),
      policy: affinity.word('Policy', ['HashCookie', 'ArrCookie', 'Cookie', 'CustomHeader']) ?? 'HashCookie',
      keyName,
      failurePolicy: failure === 'Return503Error' ? 'Return503' : failure,
      cookie: cookie === undefined ? undefined : optional({
        path: cookie.text('Path'),
        domain: cookie.text('Domain'),
        httpOnly: cookie.flag('HttpOnly'),
        securePolicy: cookie.word('SecurePolicy', ['None', 'Always', 'SameAsRequest']),
        sameSite: cookie.word('SameSite', ['Unspecified', 'None', 'Lax', 'Strict']),
        expirationSeconds: cookie.seconds('Expiration'),
        maxAgeSeconds: cookie.seconds('MaxAge'),
        isEssential: cookie.flag('IsEssential')
      })
    })
  }
  cookie?.done()
  affinity.done()
  return result
}

function importClient(cluster: Section): FileEntry {
  const client = cluster.section('HttpClient')
  const trusting = client?.flag('DangerousAcceptAnyServerCertificate')
  const most = client?.number('MaxConnectionsPerServer')
  client?.lost('SslProtocols', 'TLS 1.2 and 1.3 are spoken to targets')
  client?.lost('EnableMultipleHttp2Connections', 'there is one pool of connections for each target')
  client?.lost('RequestHeaderEncoding', 'header bytes are passed on as they are')
  client?.lost('ResponseHeaderEncoding', 'header bytes are passed on as they are')
  client?.lost('WebProxy', 'targets are reached directly')
  client?.done()
  return { connectTimeoutMs: CONNECT_MS, ...(trusting === true ? { tls: { verify: false } } : {}), ...(most === undefined ? {} : { maxPerTarget: most >= 2_147_483_647 ? 0 : most }) }
}
