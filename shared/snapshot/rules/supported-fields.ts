import type { DraftedKind } from '../../schema/resource.ts'

/** `true`: every value. A list: these values. `startsWith`: texts that begin so. */
export type Support = true | readonly unknown[] | { startsWith: string }

/**
 * The fields whose behaviour is built, by their path (`*` is any item of a list). Every other field may only
 * keep its default, until its line is added here together with what it does.
 */
export const SUPPORTED_FIELDS: Readonly<Record<DraftedKind, Readonly<Record<string, Support>>>> = {
  listeners: {
    name: true,
    description: true,
    labels: true,
    enabled: true,
    protocol: ['http'],
    port: true,
    address: true,
    http2: [false],
    accessLog: true,
    tenantHeader: true,
    'limits/maxHeaderBytes': true,
    'limits/maxHeaders': true,
    'limits/headerTimeoutMs': true,
    'limits/idleTimeoutMs': true,
    'limits/requestTimeoutMs': true,
    'limits/minBodyBytesPerSecond': true,
    'limits/maxRequestBodyBytes': true,
    'limits/maxConnections': true,
    'limits/maxConnectionsPerClient': true
  },
  upstreams: {
    name: true,
    description: true,
    labels: true,
    enabled: true,
    'targets/*/id': true,
    'targets/*/address': { startsWith: 'http' },
    'targets/*/host': true,
    'targets/*/weight': true,
    'targets/*/enabled': true,
    'targets/*/metadata': true,
    loadBalancing: true,
    'healthCheck/passive': true,
    availability: true,
    sessionAffinity: true,
    'connection/connectTimeoutMs': true,
    'connection/idleMs': true,
    'connection/maxPerTarget': true,
    'connection/queue': true,
    'connection/minResponseBytesPerSecond': true,
    'connection/tls/verify': true,
    'connection/tls/serverName': true,
    'connection/tls/caPem': true,
    'connection/tls/clientCertificateId': true,
    retry: true,
    slowStartSeconds: true
  },
  routes: {
    name: true,
    description: true,
    labels: true,
    enabled: true,
    tenantCode: true,
    isGlobal: true,
    serviceName: true,
    listenerIds: true,
    'match/hosts': true,
    'match/path': true,
    'match/methods': true,
    'match/headers': true,
    'match/query': true,
    priority: true,
    upstreamId: true,
    split: true,
    splitSticky: true,
    redirect: true,
    respond: true,
    maintenance: true,
    loadBalancing: true,
    transforms: true,
    forwardPath: true,
    retry: true,
    'timeouts/connectMs': true,
    'timeouts/activityMs': true,
    'timeouts/totalMs': true,
    maxRequestBodyBytes: true
  },
  providers: {
    name: true,
    description: true,
    labels: true,
    enabled: true,
    issuer: true,
    audiences: true,
    algorithms: true,
    jwksUrl: true,
    key: true,
    userClaim: true,
    tenantClaim: true,
    from: true,
    clockSkewSeconds: true
  }
}
