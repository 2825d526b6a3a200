import { challengeToken } from '../../shared/routing/challenge-token.ts'
import { AMBIGUOUS, matchCandidate } from '../../shared/routing/match-route.ts'
import { normalizePath } from '../../shared/routing/normalize-path.ts'
import { REFUSALS } from '../../shared/http1/refusal.ts'
import { believeProxy } from '../../shared/forwarding/believe-proxy.ts'
import { identify } from '../../shared/identity/identify.ts'
import type { TokenIdentity } from '../../shared/identity/token-identity.ts'
import type { RequestBody } from '../http1/request-body.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import { challengeRoute } from './challenge-route.ts'
import { clientFailure, FAILURES, type ProxyFailure } from './failure.ts'
import type { RequestContext } from './request-context.ts'
import type { RequestMatch } from './request-match.ts'
import type { Runtime, RuntimeRoute } from './runtime.ts'

const AMBIGUOUS_PATH = clientFailure(REFUSALS.ambiguousPath)

/** What is read and filled in to find the route of a request. */
export interface RoutedRequest {
  readonly head: RequestHead
  readonly match: RequestMatch
  readonly body: RequestBody
  readonly record: RequestRecord
  readonly context: RequestContext
}

/**
 * The route that takes the request, with its body limit set; a failure when there is none; where `mayAsk`, what to wait for before
 * it is looked for once more.
 * Whose the request is and its normalized path are in the context and the record afterwards. `key` is the endpointKey() of the port.
 */
export function findRoute(current: Runtime, key: string, token: TokenIdentity, request: RoutedRequest, mayAsk: boolean): RuntimeRoute | ProxyFailure | Promise<void> {
  const { head, match, body, record, context } = request
  const listener = current.listeners.get(key)
  if (listener === undefined) return FAILURES.noRoute
  const isTrusted = listener.trusts !== null && listener.trusts(context.peerIp)
  if (isTrusted) {
    context.believe(believeProxy(listener.trusts, { address: context.peerIp, scheme: context.scheme }, head))
    record.clientAddress = context.clientIp
    record.host = head.host
    record.port = head.hostPort
  }
  context.token = token
  identify(token, listener, isTrusted, head, context)
  body.dropTrailer(listener.tenantHeader)
  match.begin()
  match.tenantCode = record.tenant = context.tenant
  record.tenantSource = context.tenantSource
  record.token = token.state
  record.scheme = context.scheme
  const path = head.rawPath === '*' ? '*' : normalizePath(head.rawPath)
  if (path === null) {
    head.keepAlive = false
    return clientFailure(REFUSALS.badTarget)
  }
  record.path = match.path = path
  const challenge = challengeToken(path)
  if (challenge !== '') {
    const answered = answerChallenge(challenge, context.challenges, mayAsk && current.getsByAcme)
    if (answered !== null) return answered
  } else if (listener.toHttps !== null && path !== '*' && context.scheme === 'http') return listener.toHttps
  const found = path === '*' ? null : matchCandidate(current.routes, listener.config.id, match)
  if (found === null) return FAILURES.noRoute
  if (found === AMBIGUOUS) return AMBIGUOUS_PATH
  const route = current.actions[found.index]!
  record.routeSlot = route.slot
  record.routeName = route.name
  body.maxBytes = route.maxRequestBodyBytes ?? listener.config.limits.maxRequestBodyBytes
  return route
}

/** Null: it is none of ours, and like any other request. An origin may get certificates by itself. */
function answerChallenge(token: string, challenges: RequestContext['challenges'], mayAsk: boolean): RuntimeRoute | Promise<void> | null {
  const known = challenges?.find(token) ?? null
  if (known !== null) return challengeRoute(known)
  return mayAsk ? challenges?.ask(token) ?? null : null
}

/** Whether what the request announces, or what came of it, is more than its route takes. */
export function isBodyTooLarge({ head, body }: Pick<RoutedRequest, 'head' | 'body'>): boolean {
  return body.maxBytes > 0 && (head.contentLength > body.maxBytes || body.bytes > body.maxBytes)
}
