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
  const request = cluster.section('HttpRequest')
  const version = importVersion(request, report)
  const { targets, basePath } = importDestinations(cluster, version, report)
  if (request !== undefined) tellOfHttp1(request, version, targets, report)
  const activity = request?.milliseconds('ActivityTimeout') ?? ACTIVITY_MS
  const offersHttp2 = version.offersHttp2 && targets.some(({ address }) => /^https:/i.test(String(address)))
  request?.lost('AllowResponseBuffering', 'answers are never held back')
  request?.done()
  const entry: FileEntry = {
    name: id,
    targets,
    loadBalancing: cluster.word('LoadBalancingPolicy', BALANCERS) ?? 'PowerOfTwoChoices',
    ...importHealth(cluster, metadata, report),
    ...importAffinity(cluster, report),
    connection: { ...importClient(cluster), ...(offersHttp2 ? { http2: true } : {}) },
    retry: { attempts: 0 },
    labels: labelsOf(metadata, cluster.at('Metadata'), report, HEALTH_METADATA)
  }
  cluster.done()
  const overrides = metadataOverrides(metadata, cluster.at('Metadata'), report)
  return { entry: given({ ...entry, ...overrides }), activityMs: activity, basePath }
}

/** The HTTP that destinations are spoken to in. */
interface Version {
  /** https ones may choose HTTP/2. */
  offersHttp2: boolean
  /** http ones get HTTP/2 from the start: there is nothing to choose by without TLS. */
  speaksH2c: boolean
  mayBeLowered: boolean
}

function importVersion(request: Section | undefined, report: ImportReport): Version {
  const version = Number(request?.word('Version', ['1', '1.0', '1.1', '2', '2.0', '3', '3.0']) ?? 2)
  const policy = request?.word('VersionPolicy', ['RequestVersionOrLower', 'RequestVersionOrHigher', 'RequestVersionExact']) ?? 'RequestVersionOrLower'
  const mayBeLowered = policy === 'RequestVersionOrLower'
  if (version === 3 && !mayBeLowered) report.line(request!.at('Version'), 'change', 'HTTP/3 to targets is not spoken; https ones are offered HTTP/2, others get HTTP/1.1')
  if (version === 1) report.line(request!.at('Version'), 'change', 'HTTP/1.0 to targets is not spoken; HTTP/1.1 is')
  return { offersHttp2: version >= 2 || policy === 'RequestVersionOrHigher', speaksH2c: version === 2 && !mayBeLowered, mayBeLowered }
}

/** Who asks for HTTP/2 in so many words, and without TLS, does not get it from YARP either. */
function tellOfHttp1(request: Section, { offersHttp2, mayBeLowered }: Version, targets: readonly FileEntry[], report: ImportReport): void {
  const isLowered = offersHttp2 && mayBeLowered && targets.some(({ address }) => /^http:/i.test(String(address)))
  if (!isLowered || request.value('Version') === undefined) return
  report.line(request.at('Version'), 'note', 'http:// targets get HTTP/1.1, as from YARP; for HTTP/2 without TLS, as gRPC needs it, write the VersionPolicy RequestVersionExact')
}

function importDestinations(cluster: Section, { speaksH2c }: Version, report: ImportReport): { targets: FileEntry[]; basePath: string } {
  const schemed = (url: string): string => (speaksH2c ? url.replace(/^http:/i, 'h2c:') : url)
  const paths = new Set<string>()
  const targets = cluster.sections('Destinations').map(([id, destination]) => {
    const address = destination.text('Address')
    if (address === undefined) report.issue(destination.path, `the destination "${id}" needs an Address`)
    const [, origin = address ?? '', path = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]+)(\/[^?#]*)?$/i.exec(address ?? '') ?? []
    paths.add(path.replace(/\/+$/, ''))
    const host = destination.text('Host')
    // A probe goes to the path of the address too, which stays in none of the targets.
    const health = destination.text('Health') ?? (path.length > 1 ? address : undefined)
    const target: FileEntry = { id, address: schemed(origin), ...(host === undefined ? {} : { host }), ...(health === undefined ? {} : { healthUrl: schemed(health) }), metadata: destination.texts('Metadata') }
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
        path: probePath(active, report),
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

/** Path and Query in one. */
function probePath(active: Section | undefined, report: ImportReport): string {
  const begun = (name: string, text: string, first: string): string => {
    if (text === '' || text.startsWith(first)) return text
    report.line(active!.at(name), 'change', `${name} is read as ${first}${text}; YARP wants the "${first}" written`)
    return first + text
  }
  return (begun('Path', active?.text('Path') ?? '', '/') || '/') + begun('Query', active?.text('Query') ?? '', '?')
}

/** Any other policy lies in the program's code. */
function onlyPolicy(check: Section | undefined, known: string, report: ImportReport): void {
  const policy = check?.text('Policy')
  if (policy === undefined || policy === '' || policy.toLowerCase() === known.toLowerCase()) return
  report.line(check!.at('Policy'), 'loss', `the policy "${policy}" lies in the program's code; ${known} stands in its place`)
}

function importAffinity(cluster: Section, report: ImportReport): FileEntry {
  const affinity = cluster.section('SessionAffinity')
  if (affinity === undefined) return {}
  const enabled = affinity.flag('Enabled')
  const policy = affinity.word('Policy', ['HashCookie', 'ArrCookie', 'Cookie', 'CustomHeader']) ?? 'HashCookie'
  const failure = affinity.word('FailurePolicy', ['Redistribute', 'Return503Error'])
  const keyName = affinity.text('AffinityKeyName') || undefined
  if (enabled === true && keyName === undefined) report.issue(affinity.path, 'SessionAffinity needs an AffinityKeyName: the name of its cookie or header')
  const cookie = importCookie(affinity, enabled === true && policy !== 'CustomHeader', report)
  affinity.done()
  return { sessionAffinity: given({ enabled, policy, keyName, failurePolicy: failure === 'Return503Error' ? 'Return503' : failure, cookie }) }
}

function importCookie(affinity: Section, isUsed: boolean, report: ImportReport): FileEntry | undefined {
  const cookie = affinity.section('Cookie')
  const securePolicy = cookie?.word('SecurePolicy', ['None', 'Always', 'SameAsRequest'])
  if (isUsed && securePolicy === undefined) report.line((cookie ?? affinity).path, 'change', 'without SecurePolicy the cookie carries Secure here where the client speaks https, and never in YARP; write the SecurePolicy None for that')
  if (cookie === undefined) return undefined
  const fields = given({
    path: cookie.text('Path'),
    domain: cookie.text('Domain'),
    httpOnly: cookie.flag('HttpOnly'),
    securePolicy,
    sameSite: cookie.word('SameSite', ['Unspecified', 'None', 'Lax', 'Strict']),
    expirationSeconds: cookie.seconds('Expiration'),
    maxAgeSeconds: cookie.seconds('MaxAge'),
    isEssential: cookie.flag('IsEssential')
  })
  cookie.done()
  // How an export says that there is nothing to say of the cookie.
  return securePolicy === 'SameAsRequest' && Object.keys(fields).length === 1 ? undefined : fields
}

function given(fields: FileEntry): FileEntry {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
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
