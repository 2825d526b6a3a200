import type { Target, Upstream } from '../schema/upstream.ts'
import { ACTIVITY_MS, FAILURES_THRESHOLD, HEALTH_METADATA, RATE_LIMIT } from './defaults.ts'
import { plainMetadata } from './gateway-metadata.ts'
import { formatTimeSpan } from './time-span.ts'

const span = (seconds: number): string => formatTimeSpan(seconds * 1000)

/** As ClusterConfig of YARP, as far as that goes. `activityMs` is that of its routes; `affinityKeys` are those given so far: YARP wants each once. */
export function exportCluster({ targets, loadBalancing, healthCheck, availability, sessionAffinity, connection, labels }: Upstream, activityMs: number, affinityKeys: Set<string>): Record<string, unknown> {
  const { active, passive } = healthCheck
  const { policy } = passive
  const [, path = '/', query = ''] = /^([^?]*)(.*)$/.exec(active.path) ?? []
  const served = targets.filter(({ enabled }) => enabled)
  const metadata = {
    ...plainMetadata(labels, HEALTH_METADATA),
    ...(active.unhealthyAfter === 2 ? {} : { [FAILURES_THRESHOLD]: String(active.unhealthyAfter) }),
    ...(policy.policy === 'TransportFailureRate' && policy.rate !== 0.3 ? { [RATE_LIMIT]: String(policy.rate) } : {})
  }
  const hasAffinity = sessionAffinity.enabled && sessionAffinity.policy !== 'Hash' && !affinityKeys.has(sessionAffinity.keyName.toLowerCase())
  if (hasAffinity) affinityKeys.add(sessionAffinity.keyName.toLowerCase())
  return {
    // Its weights mean nothing to YARP.
    LoadBalancingPolicy: loadBalancing === 'WeightedRoundRobin' ? 'RoundRobin' : loadBalancing,
    ...(hasAffinity ? { SessionAffinity: exportAffinity(sessionAffinity) } : {}),
    HealthCheck: {
      AvailableDestinationsPolicy: availability,
      Active: { Enabled: active.enabled, Interval: span(active.intervalSeconds), Timeout: span(active.timeoutSeconds), Policy: 'ConsecutiveFailures', Path: path, ...(query === '' ? {} : { Query: query }) },
      Passive: { Enabled: passive.enabled, Policy: 'TransportFailureRate', ReactivationPeriod: span(passive.reactivationSeconds) }
    },
    ...(connection.tls.verify && connection.maxPerTarget === 0 ? {} : { HttpClient: { ...(connection.tls.verify ? {} : { DangerousAcceptAnyServerCertificate: true }), ...(connection.maxPerTarget === 0 ? {} : { MaxConnectionsPerServer: connection.maxPerTarget }) } }),
    HttpRequest: { ...(activityMs === ACTIVITY_MS ? {} : { ActivityTimeout: formatTimeSpan(activityMs) }), ...exportVersion(served, connection.http2) },
    Destinations: Object.fromEntries(served.map(({ id, address, host, healthUrl, metadata: own }) => [id, { Address: withoutH2c(address), ...(host === undefined ? {} : { Host: host }), ...(healthUrl === undefined ? {} : { Health: withoutH2c(healthUrl) }), ...(Object.keys(own).length === 0 ? {} : { Metadata: own }) }])),
    ...(Object.keys(metadata).length === 0 ? {} : { Metadata: metadata })
  }
}

/** Without TLS nothing is negotiated: HTTP/2 is what is spoken to all such targets, or to none. */
function exportVersion(targets: readonly Target[], http2: boolean): object {
  const plain = targets.filter(({ address }) => !address.startsWith('https:'))
  if (plain.length > 0 && plain.every(({ address }) => address.startsWith('h2c:'))) return { Version: '2', VersionPolicy: 'RequestVersionExact' }
  return http2 && plain.length < targets.length ? { Version: '2', VersionPolicy: 'RequestVersionOrLower' } : { Version: '1.1', VersionPolicy: 'RequestVersionExact' }
}

function withoutH2c(url: string): string {
  return url.replace(/^h2c:/, 'http:')
}

function exportAffinity({ enabled, policy, keyName, failurePolicy, cookie }: Upstream['sessionAffinity']): object {
  return {
    Enabled: enabled,
    Policy: policy,
    FailurePolicy: failurePolicy === 'Return503' ? 'Return503Error' : failurePolicy,
    AffinityKeyName: keyName,
    ...(policy === 'CustomHeader' && cookie === undefined ? {} : { Cookie: exportCookie(cookie) })
  }
}

function exportCookie(cookie: Upstream['sessionAffinity']['cookie']): object {
  // YARP's own default is that the cookie never carries Secure.
  if (cookie === undefined) return { SecurePolicy: 'SameAsRequest' }
  return {
    Path: cookie.path,
    ...(cookie.domain === undefined ? {} : { Domain: cookie.domain }),
    HttpOnly: cookie.httpOnly,
    SecurePolicy: cookie.securePolicy,
    SameSite: cookie.sameSite,
    ...(cookie.expirationSeconds === undefined ? {} : { Expiration: span(cookie.expirationSeconds) }),
    ...(cookie.maxAgeSeconds === undefined ? {} : { MaxAge: span(cookie.maxAgeSeconds) }),
    IsEssential: cookie.isEssential
  }
}
