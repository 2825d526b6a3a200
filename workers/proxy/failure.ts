import type { Refusal } from '../http1/refusal.ts'

/** Why a request could not be served. Retries and answers read only this. */
export interface ProxyFailure {
  readonly code: string
  readonly status: number
  readonly message: string
  /** Whose fault it is. */
  readonly side: 'client' | 'gateway' | 'origin'
  /** Another attempt may be made: nothing was written, or the request may be repeated. */
  readonly retry: 'never' | 'another-target' | 'fresh-connection'
}

const failure = (status: number, code: string, side: ProxyFailure['side'], message: string, retry: ProxyFailure['retry'] = 'never'): ProxyFailure =>
  Object.freeze({ status, code, side, message, retry })

/** Every failure of the proxy's own; messages never tell anything about origins. */
export const FAILURES = {
  noConfiguration: failure(503, 'no_configuration', 'gateway', 'The gateway has no configuration yet.'),
  noRoute: failure(404, 'no_route', 'gateway', 'No route takes this request.'),
  noAvailableTarget: failure(503, 'no_available_target', 'gateway', 'No target is available.'),
  tooManyConnections: failure(503, 'too_many_connections', 'gateway', 'Too many connections.'),
  connectFailed: failure(502, 'connect_failed', 'origin', 'The target cannot be reached.', 'another-target'),
  connectTimeout: failure(504, 'connect_timeout', 'origin', 'The target did not accept a connection in time.', 'another-target'),
  nameNotResolved: failure(502, 'name_not_resolved', 'origin', 'The name of the target is not known.', 'another-target'),
  staleConnection: failure(502, 'stale_connection', 'origin', 'The target closed the connection.', 'fresh-connection'),
  originClosed: failure(502, 'origin_closed', 'origin', 'The target closed the connection without an answer.'),
  badResponse: failure(502, 'bad_response', 'origin', 'The target sent an answer that is not HTTP.'),
  responseTimeout: failure(504, 'response_timeout', 'origin', 'The target did not answer in time.'),
  totalTimeout: failure(504, 'request_total_timeout', 'gateway', 'The request took too long.')
} as const

/** The codec's refusals as failures of the client. */
export function clientFailure(refusal: Refusal): ProxyFailure {
  return { ...refusal, side: 'client', retry: 'never' }
}
