import { hashAffinity } from '../affinity/hash-affinity.ts'
import { bindingKey } from '../forwarding/origin-head.ts'
import type { RequestHead } from '../http1/request-head.ts'
import { REFUSALS } from '../http1/refusal.ts'
import type { CompiledRoutes } from '../routing/compiled-routes.ts'
import { explainMatch } from '../routing/explain/explain-match.ts'
import type { MatchRequest } from '../routing/match-request.ts'
import { normalizePath } from '../routing/normalize-path.ts'
import { challengeToken } from '../routing/challenge-token.ts'
import { httpsLocation } from '../routing/redirect-location.ts'
import type { ExplainedAction, Explanation, ExplainRequest } from '../schema/explain.ts'
import type { Listener } from '../schema/listener.ts'
import type { Route } from '../schema/route.ts'
import type { TargetOverride } from '../schema/operational-state.ts'
import type { Identified, SnapshotContent } from '../schema/snapshot.ts'
import type { Upstream } from '../schema/upstream.ts'
import { hostHeaderOf, parseTargetAddress } from '../snapshot/target-address.ts'
import { explainAction, type GoingRequest } from './explain-action.ts'
import { explainCaller, type ExplainedCaller, servedCaller, type ServedCaller } from './explain-caller.ts'
import { explainCandidates } from './explain-candidates.ts'
import { explainContext } from './explain-context.ts'
import { explainPolicies, withoutCredentials } from './explain-policies.ts'
import { explainSettings } from './explain-settings.ts'
import { explainSteps } from './explain-steps.ts'
import { type OperatedUpstream, operatedUpstreams } from './operated-upstreams.ts'
import { findListener } from './find-listener.ts'
import { readRequest } from './read-request.ts'

const NOTHING: Explanation = { refused: null, request: null, listener: null, candidates: [], omitted: {}, route: null, policies: [], action: null, settings: [], steps: [], forwarded: null, responseTransforms: [] }

const NO_ROUTE = { status: 404, code: 'no_route', message: 'No route takes this request.' }

/** The gateway answers by itself, and no target is looked for. */
const OWN_ACTION = { location: '', upstreams: [], mirror: null }

/**
 * What becomes of a request, found out by the very parts that data nodes serve with. `compiled` is of the content; `overrides`
 * are what people said about targets; `served`: who a data node found out that it came from, where its headers were not kept.
 */
export function explainRequest(content: SnapshotContent, compiled: CompiledRoutes, given: ExplainRequest, overrides: readonly TargetOverride[] = [], served: ServedCaller | null = null): Explanation {
  const listener = findListener(content.listeners, given)
  if (listener === null) return { ...NOTHING, refused: { status: 0, code: 'no_listener', message: 'No enabled listener has this scheme and port; name one with `listener`, or ask for its port.' } }
  const head = readRequest(given, listener.limits, served?.scheme ?? listener.protocol)
  const known = { ...NOTHING, listener: { id: listener.id, name: listener.name } }
  if ('code' in head) return { ...known, refused: { ...head } }
  const caller = served === null ? explainCaller(listener, content.providers, given, head) : servedCaller(served, given.clientAddress)
  const path = head.rawPath === '*' ? '*' : normalizePath(head.rawPath)
  if (path === null) return { ...known, refused: { ...REFUSALS.badTarget } }
  const read = { listener, head, path, caller, isWhole: served === null }
  const seen = { ...known, request: requestOf(read) }
  const { redirectToHttps } = listener
  if (redirectToHttps !== undefined && path !== '*' && challengeToken(path) === '' && caller.client.scheme === 'http') {
    return { ...seen, action: { kind: 'redirectToHttps', status: redirectToHttps.status, ...OWN_ACTION, location: httpsLocation(redirectToHttps.port, head.host, path, head.query) } }
  }
  return explainRead({ upstreams: operatedUpstreams(content.upstreams, overrides), policies: content.policies }, compiled, given, read, seen)
}

/** What is looked at beside the routes. */
interface Known {
  upstreams: ReadonlyMap<string, OperatedUpstream>
  policies: SnapshotContent['policies']
}

interface ReadRequest {
  listener: Identified<Listener>
  head: RequestHead
  path: string
  caller: ExplainedCaller
  /** False: its headers and its query are not known. */
  isWhole: boolean
}

function requestOf({ head, path, caller: { identity, token } }: ReadRequest): NonNullable<Explanation['request']> {
  return { method: head.method, host: head.host, port: head.hostPort, path, query: head.query, websocket: head.isWebSocketUpgrade, user: identity.user, tenantCode: identity.tenant, tenantSource: identity.tenantSource, token }
}

function explainRead({ upstreams, policies }: Known, compiled: CompiledRoutes, given: ExplainRequest, read: ReadRequest, known: Explanation): Explanation {
  const { listener, head, path, isWhole, caller: { identity, client, token } } = read
  const match: MatchRequest = { host: head.host, hostPort: head.hostPort, path, method: head.method, isWebSocket: head.isWebSocketUpgrade, tenantCode: identity.tenant, query: head.query, fields: `${head.fields}${head.forwarding}Host: ${head.authority}\r\n` }
  const found = explainMatch(compiled, listener.id, match)
  const seen: Explanation = {
    ...known,
    candidates: explainCandidates(found, listener.name, match),
    omitted: { ...found.omitted } as Record<string, number>
  }
  if (found.isAmbiguous) return { ...seen, refused: { ...REFUSALS.ambiguousPath } }
  if (found.winner === null || path === '*') return { ...seen, refused: NO_ROUTE }
  const { route } = found.winner
  const limit = route.maxRequestBodyBytes ?? listener.limits.maxRequestBodyBytes
  const going: GoingRequest = { host: head.host, path, query: head.query, fields: head.fields, user: identity.user, tenant: identity.tenant, clientAddress: client.address }
  const action = explainAction(route, upstreams, going)
  const decided = explainPolicies(policies, route, { method: head.method, fields: head.fields, query: head.query, clientAddress: client.address, user: identity.user, tenant: identity.tenant, tenantSource: identity.tenantSource, token, isWhole })
  withoutCredentials(policies, route, head)
  const upstream = likelyUpstream(action, upstreams)
  const taken: Explanation = { ...seen, route: { id: route.id, name: route.name }, policies: decided.policies, settings: explainSettings(listener, route, upstream) }
  if (decided.answersPreflight) return { ...taken, action: { kind: 'preflight', status: 204, ...OWN_ACTION } }
  const refused = decided.refused ?? (limit > 0 && given.bodyBytes > limit ? { ...REFUSALS.bodyTooLarge } : null)
  if (refused !== null) return { ...taken, refused }
  return { ...taken, action, ...(upstream === null ? {} : explainForwarding(route, upstream, action, read)) }
}

/** The one that gets the request for certain, else the one with the largest share; null when none does. */
function likelyUpstream({ upstreams }: ExplainedAction, known: ReadonlyMap<string, Identified<Upstream>>): Identified<Upstream> | null {
  const likely = upstreams.toSorted((a, b) => Number(b.isChosen) - Number(a.isChosen) || b.share - a.share)[0]
  return likely === undefined ? null : known.get(likely.upstreamId) ?? null
}

function explainForwarding(route: Identified<Route>, upstream: Identified<Upstream>, action: ExplainedAction, { listener, head, path, caller: { identity, client } }: ReadRequest): Pick<Explanation, 'steps' | 'forwarded' | 'responseTransforms'> {
  const { targets } = action.upstreams.find(({ upstreamId }) => upstreamId === upstream.id)!
  const id = (targets.find(({ isChosen }) => isChosen) ?? targets.find(({ enabled, takenOut }) => enabled && !takenOut))?.targetId
  const target = upstream.targets.find((one) => one.id === id)
  const address = target === undefined ? null : parseTargetAddress(target.address)
  if (target === undefined || address === null) return { steps: [], forwarded: null, responseTransforms: [] }
  const { sessionAffinity } = upstream
  const affinity = sessionAffinity.enabled && sessionAffinity.policy === 'Hash' ? hashAffinity(sessionAffinity) : null
  const context = explainContext(route, path, client, listener.port, identity)
  return explainSteps({ route, request: head, normalizedPath: path, hostHeader: hostHeaderOf(target, address), context, key: bindingKey(affinity, identity) })
}
