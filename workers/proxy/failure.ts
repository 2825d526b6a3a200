import type { Refusal } from '../../shared/http1/refusal.ts'

/** Why a request could not be served. Retries, health and answers read only this. */
export interface ProxyFailure {
  readonly code: string
  readonly status: number
  readonly message: string
  /** Whose fault it is. What lies with the origin counts against the target's health, but for a stale connection. */
  readonly side: 'client' | 'gateway' | 'origin'
  /**
   * Whether another attempt may be made. another-target: no byte of the request was written. repeatable: the request was
   * written and may only be repeated when its method allows that. fresh-connection: as repeatable, and the target is well.
   */
  readonly retry: 'never' | 'another-target' | 'repeatable' | 'fresh-connection'
  /** Written into Retry-After; 0: not written. */
  readonly retryAfterSeconds: number
}

type Extras = Partial<Pick<ProxyFailure, 'retry' | 'retryAfterSeconds'>>

const failure = (status: number, code: string, side: ProxyFailure['side'], message: string, extras: Extras = {}): ProxyFailure =>
  Object.freeze({ status, code, side, message, retry: extras.retry ?? 'never', retryAfterSeconds: extras.retryAfterSeconds ?? 0 })

const ELSEWHERE = { retry: 'another-target' } as const

/** Every failure of the proxy's own; messages never tell anything about origins. */
export const FAILURES = {
  noConfiguration: failure(503, 'no_configuration', 'gateway', 'The gateway has no configuration yet.', { retryAfterSeconds: 1 }),
  unauthorized: failure(401, 'unauthorized', 'client', 'Credentials are needed.'),
  forbidden: failure(403, 'forbidden', 'client', 'This is not allowed.'),
  authorizationUnavailable: failure(503, 'authorization_unavailable', 'gateway', 'It cannot be found out who is allowed at the moment.', { retryAfterSeconds: 1 }),
  policyMissing: failure(503, 'policy_missing', 'gateway', 'A policy of the route is not there.', { retryAfterSeconds: 1 }),
  rateLimited: failure(429, 'rate_limited', 'client', 'Too many requests.'),
  rateLimiterUnavailable: failure(503, 'rate_limiter_unavailable', 'gateway', 'Requests cannot be counted at the moment.', { retryAfterSeconds: 1 }),
  rateLimiterOverloaded: failure(503, 'rate_limiter_overloaded', 'gateway', 'Too many requests wait to be counted.', { retryAfterSeconds: 1 }),
  noRoute: failure(404, 'no_route', 'gateway', 'No route takes this request.'),
  noAvailableTarget: failure(503, 'no_available_target', 'gateway', 'No target is available.', { retryAfterSeconds: 1 }),
  boundTargetGone: failure(503, 'affinity_target_unavailable', 'gateway', 'The target of this session is not available.', { retryAfterSeconds: 1 }),
  tooManyConnections: failure(503, 'too_many_connections', 'gateway', 'Too many connections.', { retryAfterSeconds: 1 }),
  tooManyOfClient: failure(503, 'too_many_client_connections', 'client', 'Too many connections of this client.', { retryAfterSeconds: 1 }),
  notTrusted: failure(403, 'proxy_not_trusted', 'client', 'Connections to this port come through proxies that are trusted.'),
  outOfFiles: failure(503, 'out_of_files', 'gateway', 'The gateway has too many sockets open.', { retryAfterSeconds: 1 }),
  overloaded: failure(503, 'overloaded', 'gateway', 'The gateway is short of memory.', { retryAfterSeconds: 1 }),
  targetBusy: failure(503, 'target_busy', 'gateway', 'The target has as many connections as it may.', { ...ELSEWHERE, retryAfterSeconds: 1 }),
  queueTimeout: failure(503, 'queue_timeout', 'gateway', 'No connection to the target became free in time.', { retryAfterSeconds: 1 }),
  connectFailed: failure(502, 'connect_failed', 'origin', 'The target cannot be reached.', ELSEWHERE),
  connectTimeout: failure(504, 'connect_timeout', 'origin', 'The target did not accept a connection in time.', ELSEWHERE),
  tlsFailed: failure(502, 'tls_failed', 'origin', 'No secure connection to the target could be made.', ELSEWHERE),
  certificateMissing: failure(503, 'certificate_missing', 'gateway', 'The certificate for the target is not there.', { retryAfterSeconds: 1 }),
  secretMissing: failure(503, 'secret_missing', 'gateway', 'A secret that the route needs is not there.', { retryAfterSeconds: 1 }),
  nameNotResolved: failure(502, 'name_not_resolved', 'origin', 'The name of the target is not known.', ELSEWHERE),
  requestNotSendable: failure(502, 'request_not_sendable', 'gateway', 'The request cannot be sent to the target over HTTP/2.'),
  streamRefused: failure(502, 'stream_refused', 'origin', 'The target did not look at the request.', { retry: 'fresh-connection' }),
  staleConnection: failure(502, 'stale_connection', 'origin', 'The target closed the connection.', { retry: 'fresh-connection' }),
  originReset: failure(502, 'origin_closed', 'origin', 'The target closed the connection without an answer.', { retry: 'repeatable' }),
  originClosed: failure(502, 'origin_closed', 'origin', 'The target closed the connection without a whole answer.'),
  retriedStatus: failure(502, 'retried_status', 'origin', 'The target answered with an error.', { retry: 'repeatable' }),
  badResponse: failure(502, 'bad_response', 'origin', 'The target sent an answer that is not HTTP.'),
  responseTimeout: failure(504, 'response_timeout', 'origin', 'The target did not answer in time.'),
  responseTooSlow: failure(504, 'response_too_slow', 'origin', 'The target answered too slowly.'),
  responseTooLarge: failure(502, 'response_too_large', 'gateway', 'The answer is larger than it may be.'),
  responseHeadTimeout: failure(504, 'response_head_timeout', 'gateway', 'The target did not answer in time.'),
  responseBodyTimeout: failure(504, 'response_body_timeout', 'gateway', 'The answer took too long.'),
  totalTimeout: failure(504, 'request_total_timeout', 'gateway', 'The request took too long.')
} as const

/** The codec's refusals as failures of the client. */
export function clientFailure(refusal: Refusal): ProxyFailure {
  return { ...refusal, side: 'client', retry: 'never', retryAfterSeconds: 0 }
}
