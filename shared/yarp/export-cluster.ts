import type { Upstream } from '../schema/upstream.ts'
import { ACTIVITY_MS, FAILURES_THRESHOLD, HEALTH_METADATA, RATE_LIMIT } from './defaults.ts'
import { plainMetadata } from './gateway-metadata.ts'
import { formatTimeSpan } from './time-span.ts'

const span = (seconds: number): string => formatTimeSpan(seconds * 1000)

/** As ClusterConfig of YARP, as far as that goes. `activityMs` is that of its routes; `affinityKeys` are those given so far: YARP wants each once. */
export function exportCluster({ targets, loadBalancing, healthCheck, availability, sessionAffinity, connection, labels }: Upstream, activityMs: number, affinityKeys: Set<string>): Record<string, unknown> {
  const { active, passive } = healthCheck
  const { policy } = passive
  const [path, query = ''] = active.path.split(/(?=\?)/)
  const metadata = {
    ...plainMetadata(labels, HEALTH_METADATA),
    ...(active.unhealthyAfter === 2 ? {} : { [FAILURES_THRESHOLD]: String(active.unhealthyAfter) }),
    ...(policy.policy === 'TransportFailureRate' && policy.rate !== 0.3 ? { [RATE_LIMIT]: String(policy.rate) } : {})
  }
  const speaksHttp2 = connection.http2 || (targets.length > 0 && targets.every(({ address }) => address.startsWith('h2c:')))
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
    HttpRequest: {
      ...(activityMs === ACTIVITY_MS ? {} : { ActivityTimeout: formatTimeSpan(activityMs) }),
      Version: speaksHttp2 ? '2' : '1.1',
      VersionPolicy: 'RequestVersionExact'
    },
    Destinations: Object.fromEntries(targets.filter(({ enabled }) => enabled).map(({ id, address, host, healthUrl, metadata: own }) => [id, { Address: address.replace(/^h2c:/, 'http:'), ...(host === undefined ? {} : { Host: host }), ...(healthUrl === undefined ? {} : { Health: healthUrl }), ...(Object.keys(own).length === 0 ? {} : { Metadata: own }) }])),
    ...(Object.keys(metadata).length === 0 ? {} : { Metadata: metadata })
  }
}

function exportAffinity({ enabled, policy, keyName, failurePolicy, cookie }: Upstream['sessionAffinity']): object {
  return {
    Enabled: enabled,
    Policy: policy,
    FailurePolicy: failurePolicy === 'Return503' ? 'Return503Error' : failurePolicy,
    AffinityKeyName: keyName,
    ...(cookie === undefined ? {} : {
      Cookie: {
        Path: cookie.path,
        ...(cookie.domain === undefined ? {} : { Domain: cookie.domain }),
        HttpOnly: cookie.httpOnly,
        SecurePolicy: cookie.securePolicy,
        SameSite: cookie.sameSite,
        ...(cookie.expirationSeconds === undefined ? {} : { Expiration: span(cookie.expirationSeconds) }),
        ...(cookie.maxAgeSeconds === undefined ? {} : { MaxAge: span(cookie.maxAgeSeconds) }),
        IsEssential: cookie.isEssential
      }
    })
  }
}
