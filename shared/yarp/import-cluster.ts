import type { FileEntry } from '../configuration-file/configuration-file.ts'
import { ACTIVITY_MS, CONNECT_MS, FAILURES_THRESHOLD, RATE_LIMIT } from './defaults.ts'
import { metadataOverrides } from './gateway-metadata.ts'
import type { ImportReport, Section } from './section.ts'

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
  const version = request?.text('Version')
  const policy = request?.text('VersionPolicy')
  request?.lost('AllowResponseBuffering', 'answers are never held back')
  if (version !== undefined && Number(version) >= 3) report.line(request!.at('Version'), 'change', 'HTTP/3 to targets is not spoken; HTTP/1.1 is')
  request?.done()
  const entry: FileEntry = {
    name: id,
    targets,
    loadBalancing: cluster.text('LoadBalancingPolicy') ?? 'PowerOfTwoChoices',
    ...importHealth(cluster, metadata),
    ...importAffinity(cluster),
    connection: { ...importClient(cluster), ...(version !== undefined && Number(version) === 2 && policy === 'RequestVersionExact' ? { http2: true } : {}) },
    retry: { attempts: 0 },
    labels: Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.startsWith('Gateway.') && key !== FAILURES_THRESHOLD && key !== RATE_LIMIT))
  }
  cluster.done()
  const overrides = metadataOverrides(metadata, cluster.at('Metadata'), report)
  return { entry: Object.fromEntries(Object.entries({ ...entry, ...overrides }).filter(([, value]) => value !== undefined)), activityMs: activity, basePath }
}

function importDestinations(cluster: Section, report: ImportReport): { targets: FileEntry[]; basePath: string } {
  const paths = new Set<string>()
  const targets = cluster.sections('Destinations').map(([id, destination]) => {
    const address = destination.text('Address')
    if (address === undefined) report.issue(destination.path, `the destination "${id}" needs an Address`)
    const [, origin = address ?? '', path = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]+)(\/[^?#]*)?$/i.exec(address ?? '') ?? []
    paths.add(path.replace(/\/+$/, ''))
    const host = destination.text('Host')
    const health = destination.text('Health')
    const target: FileEntry = { id, address: origin, ...(host === undefined ? {} : { host }), ...(health === undefined ? {} : { healthUrl: health }), metadata: destination.texts('Metadata') }
    destination.done()
    return target
  })
  const [basePath = ''] = paths
  if (paths.size > 1) report.issue(cluster.at('Destinations'), 'the addresses have different paths; give all the same, or make a cluster of each')
  else if (basePath !== '') report.line(cluster.at('Destinations'), 'change', `targets have no path here: each route of the cluster gets the transform PathPrefix ${basePath} as its last`)
  return { targets, basePath: paths.size > 1 ? '' : basePath }
}

function importHealth(cluster: Section, metadata: Readonly<Record<string, string>>): FileEntry {
  const health = cluster.section('HealthCheck')
  const active = health?.section('Active')
  const passive = health?.section('Passive')
  const availability = health?.text('AvailableDestinationsPolicy')
  active?.text('Policy')
  const query = active?.text('Query') ?? ''
  const policy = passive?.text('Policy')
  const result: FileEntry = {
    healthCheck: {
      active: {
        enabled: active?.flag('Enabled') ?? false,
        path: (active?.text('Path') ?? '/') + query,
        intervalSeconds: seconds(active?.span('Interval'), 15),
        timeoutSeconds: seconds(active?.span('Timeout'), 10),
        unhealthyAfter: Number(metadata[FAILURES_THRESHOLD] ?? 2)
      },
      passive: {
        enabled: passive?.flag('Enabled') ?? false,
        policy: { policy: policy ?? 'TransportFailureRate', ...(metadata[RATE_LIMIT] === undefined ? {} : { rate: Number(metadata[RATE_LIMIT]) }) },
        reactivationSeconds: seconds(passive?.span('ReactivationPeriod'), 60),
        // YARP knows no limit.
        maxEjectedPercent: 100
      }
    },
    ...(availability === undefined ? {} : { availability })
  }
  for (const section of [active, passive, health]) section?.done()
  return result
}

function seconds(ms: number | undefined, otherwise: number): number {
  return ms === undefined ? otherwise : Math.max(1, Math.round(ms / 1000))
}

function importAffinity(cluster: Section): FileEntry {
  const affinity = cluster.section('SessionAffinity')
  if (affinity === undefined) return {}
  const cookie = affinity.section('Cookie')
  const failure = affinity.text('FailurePolicy')
  const keyName = affinity.text('AffinityKeyName')
  const optional = (fields: FileEntry): FileEntry => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  const expiration = cookie?.span('Expiration')
  const maxAge = cookie?.span('MaxAge')
  const result: FileEntry = {
    sessionAffinity: optional({
      enabled: affinity.flag('Enabled'),
      policy: affinity.text('Policy') ?? 'HashCookie',
      keyName,
      failurePolicy: failure === 'Return503Error' ? 'Return503' : failure,
      cookie: cookie === undefined ? undefined : optional({
        path: cookie.text('Path'),
        domain: cookie.text('Domain'),
        httpOnly: cookie.flag('HttpOnly'),
        securePolicy: cookie.text('SecurePolicy'),
        sameSite: cookie.text('SameSite'),
        expirationSeconds: expiration === undefined ? undefined : seconds(expiration, 0),
        maxAgeSeconds: maxAge === undefined ? undefined : seconds(maxAge, 0),
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
