import type { DraftedKind } from '../../shared/schema/resource.ts'

const ID = '01890a5d-ac96-774b-bcce-b302099a8057'
const OTHER = '01890a5d-ac96-774b-bcce-b302099a8058'
const about = { description: 'Orders of the shop', labels: { team: 'shop' }, enabled: true }

/** Resources that can be sent as they are; together they have every field. The document takes its examples from them. */
export const EXAMPLES: Record<DraftedKind, Record<string, unknown>[]> = {
  listeners: [{
    ...about,
    name: 'web', protocol: 'https', port: 8443, address: '10.0.0.1', tlsPolicyId: ID, defaultCertificateId: OTHER, http2: true, http2Engine: 'http2-proxy',
    trustedProxies: ['10.0.0.0/8'], proxyProtocol: true, redirectToHttps: { port: 443, status: 308 },
    tenantHeader: { name: 'X-Tenant-Code', acceptFrom: 'any' }, accessLog: 'sampled',
    limits: { maxHeaderBytes: 16_384, maxHeaders: 50, headerTimeoutMs: 5_000, idleTimeoutMs: 30_000, requestTimeoutMs: 120_000, minBodyBytesPerSecond: 1_000, maxRequestBodyBytes: 10_485_760, maxConnections: 50_000, maxConnectionsPerClient: 100 }
  }],
  upstreams: [
    {
      ...about,
      name: 'orders', tenantCode: 'acme',
      targets: [{ id: 'a', address: 'https://10.0.1.1:8443', host: 'orders.internal', weight: 2, healthUrl: 'https://10.0.1.1:8444', enabled: true, metadata: { zone: 'a' } }],
      loadBalancing: 'WeightedRoundRobin',
      healthCheck: {
        active: { enabled: true, path: '/health?deep=1', intervalSeconds: 10, timeoutSeconds: 2, expectedStatuses: '200-299,404', unhealthyAfter: 3, healthyAfter: 2 },
        passive: { enabled: true, policy: { policy: 'TransportFailureRate', windowSeconds: 30, minRequests: 20, rate: 0.5 }, count5xx: true, reactivationSeconds: 30, maxEjectedPercent: 34 }
      },
      availability: 'HealthyAndUnknown',
      sessionAffinity: {
        enabled: true, policy: 'HashCookie', keyName: 'Seat', failurePolicy: 'Return503', boundedLoad: 125,
        cookie: { path: '/orders', domain: 'shop.example', httpOnly: true, securePolicy: 'Always', sameSite: 'Lax', expirationSeconds: 86_400, maxAgeSeconds: 86_400, isEssential: false }
      },
      connection: {
        connectTimeoutMs: 1_000, idleMs: 10_000, maxPerTarget: 200, queue: { max: 100, timeoutMs: 500 }, minResponseBytesPerSecond: 1_000,
        tls: { verify: true, serverName: 'orders.internal', caPem: '-----BEGIN CERTIFICATE-----', clientCertificateId: ID }, http2: false
      },
      retry: { attempts: 2, statuses: [502, 503], budgetPercent: 10, minPerSecond: 5, nonIdempotent: false },
      slowStartSeconds: 30
    },
    { name: 'files', healthCheck: { passive: { policy: { policy: 'ConsecutiveFailures', failures: 3 } } } }
  ],
  routes: [
    {
      ...about,
      name: 'orders', tenantCode: 'acme', serviceName: 'Orders', listenerIds: [ID],
      match: {
        hosts: ['shop.example', '*.shop.example'], path: { type: 'pattern', value: '/orders/{id:int}/{**rest}', caseSensitive: false }, methods: ['GET', 'POST'],
        headers: [{ name: 'X-Version', values: ['2', '3'], mode: 'HeaderPrefix', isCaseSensitive: true }],
        query: [{ name: 'debug', values: ['1'], mode: 'Exact', isCaseSensitive: false }], websocket: false
      },
      priority: 10, upstreamId: ID, loadBalancing: 'LeastRequests',
      transforms: [{ PathPattern: '/v2/{id}/{**rest}' }, { RequestHeader: 'X-Tenant', Set: '${tenant}' }],
      forwardPath: 'normalized', timeouts: { connectMs: 500, activityMs: 30_000, totalMs: 60_000, websocketIdleMs: 600_000 },
      retry: { attempts: 0, statuses: [503], budgetPercent: 20, minPerSecond: 3, nonIdempotent: true },
      mirror: { upstreamId: OTHER, percent: 5 }, maxRequestBodyBytes: 1_048_576,
      authorizationPolicy: 'staff', rateLimiterPolicy: 'per-user', corsPolicy: 'shop', compressionPolicy: 'small', responseGuardPolicy: 'bounded', onRemove: { connections: 'drain', drainSeconds: 60 }
    },
    { name: 'canary', isGlobal: true, split: [{ upstreamId: ID, weight: 95 }, { upstreamId: OTHER, weight: 5 }], splitSticky: true },
    { name: 'moved', isGlobal: true, redirect: { to: 'https://{host}{path}{query}', status: 301 } },
    { name: 'robots', isGlobal: true, respond: { status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'User-agent: *' }, maintenance: { enabled: true, status: 503, retryAfterSeconds: 600, body: 'Back at noon.' } }
  ],
  providers: [
    {
      ...about,
      name: 'login', issuer: 'https://login.example/', audiences: ['gateway'], algorithms: ['RS256', 'ES256'], jwksUrl: 'https://login.example/.well-known/jwks.json',
      userClaim: 'sub', tenantClaim: 'tenant_code', from: 'cookie:session', clockSkewSeconds: 10
    },
    { name: 'machines', issuer: 'https://machines.example/', audiences: ['gateway'], key: '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}' },
    { name: 'legacy', issuer: 'https://legacy.example/', audiences: ['gateway'], algorithms: ['HS256'], secretName: 'legacy-tokens' }
  ],
  tlsPolicies: [
    {
      ...about,
      name: 'public', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256', alpn: ['h2', 'http/1.1'], certificateIds: [ID], defaultCertificateId: ID,
      acme: { enabled: true, domains: ['shop.example'], fromRoutes: true }, clientAuth: { mode: 'require', caPem: '-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----' },
      hsts: { maxAgeSeconds: 31_536_000, includeSubDomains: true, preload: true }
    }
  ],
  policies: [
    {
      ...about,
      name: 'staff', tenantCode: 'acme', mode: 'enforce',
      authorization: {
        jwt: { provider: 'login', requiredClaims: [{ name: 'role', values: ['staff', 'admin'] }], requiredScopes: ['orders:read'] },
        ipAllow: ['10.0.0.0/8', 'fd00::/8'], ipDeny: ['10.9.0.0/16'], realm: 'shop', reauthorize: true, reauthorizeSeconds: 30
      }
    },
    {
      name: 'machines',
      authorization: {
        apiKey: {
          header: 'X-Api-Key',
          keys: [{ name: 'billing', hash: '2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90' }, { name: 'reports', secretName: 'reports-key' }]
        }
      }
    },
    { name: 'links', authorization: { apiKey: { query: 'key', keys: [{ name: 'reports', secretName: 'reports-key' }] } } },
    {
      name: 'people',
      authorization: { basic: { users: [{ name: 'ann', hash: '$scrypt$ln=15,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$Tuxj4FiJ7WKTY4C8oaWX8Cg0dTBdcHjzWBYV1cWGTMU' }] } }
    },
    { name: 'guests', authorization: { basic: { users: [{ name: 'guest', secretName: 'password-of-guests' }] } } },
    {
      name: 'asked',
      authorization: { forward: { url: 'http://10.0.0.5:4180/auth', timeoutMs: 1_000, requestHeaders: ['Authorization', 'Cookie'], copyHeaders: ['X-Auth-User'], maxConcurrent: 50 } }
    },
    { name: 'office', authorization: { anonymous: true, ipAllow: ['192.0.2.0/24'] } },
    { name: 'per-user', rateLimiter: { algorithm: 'tokenBucket', limit: 100, windowSeconds: 60, burst: 20, key: 'user', scope: 'fleet', onRedisDown: 'local' } },
    { name: 'shop', cors: { origins: ['https://shop.example', 'https://*.shop.example'], methods: ['GET', 'POST'], headers: ['Content-Type', 'Authorization'], exposed: ['ETag'], credentials: true, maxAgeSeconds: 3_600 } },
    { name: 'small', compression: { encodings: ['br', 'gzip'], types: ['text/*', 'application/json'], minBytes: 2_048, eventStreams: true } },
    { name: 'bounded', responseGuard: { maxBodyBytes: 10_485_760, headTimeoutMs: 10_000, bodyTimeoutMs: 60_000 } }
  ]
}

/** The example of a field, whose path is written as in the document; undefined where there is none. */
export function exampleOf(kind: DraftedKind, path: string): unknown {
  const form = /\((\w+)\)/.exec(path)?.[1]
  const names = path.replace(/ ?\(\w+\)/, '').replaceAll('[]', '').split('.')
  for (const resource of EXAMPLES[kind]) {
    let value: unknown = resource
    let isForm = form === undefined
    for (const name of names) {
      if (Array.isArray(value)) value = value[0]
      value = (value as Record<string, unknown> | undefined)?.[name]
      isForm ||= typeof value === 'object' && value !== null && Object.values(value).includes(form)
    }
    if (value !== undefined && isForm) return value
  }
  return undefined
}
