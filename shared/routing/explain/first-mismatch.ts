import { looseReading } from '../loose-path.ts'
import type { CompiledRoute } from '../compiled-route.ts'
import { type HostPattern, hostPatterns } from '../host-pattern.ts'
import type { MatchRequest } from '../match-request.ts'
import { methodCriteria, methodFits } from '../method-fits.ts'
import type { RouteCriteria } from '../route-criteria.ts'
import { headerRuleHolds } from '../rules/header-rule.ts'
import { queryRuleHolds } from '../rules/query-rule.ts'
import { matchTemplate } from '../template/match-template.ts'

/** The first criterion of a route that a request does not meet. */
export interface Mismatch {
  criterion: 'listener' | 'tenant' | 'host' | 'port' | 'path' | 'websocket' | 'method' | 'header' | 'query'
  /** Of the header or parameter; else empty. */
  name: string
}

export interface Fit {
  /** Null: the route takes the request, unless another one wins. */
  mismatch: Mismatch | null
  /** Of the host criterion that fits best, else of the best there is; smaller wins. */
  rank: number
}

/** Holds the request against one route, criterion by criterion, without any index. */
export function firstMismatch(compiled: CompiledRoute, listenerId: string, request: MatchRequest): Fit {
  const { route, ranks } = compiled
  const fitting = fittingRank(hostPatterns(route.match.hosts), ranks, request)
  const rank = fitting ?? Math.min(...ranks)
  const lost = (criterion: Mismatch['criterion'], name = ''): Fit => ({ mismatch: { criterion, name }, rank })
  if (route.listenerIds.length > 0 && !route.listenerIds.includes(listenerId)) return lost('listener')
  if (route.tenantCode !== undefined && route.tenantCode !== request.tenantCode) return lost('tenant')
  if (fitting === null) return lost(hostPatterns(route.match.hosts).some((pattern) => nameFits(pattern, request.host)) ? 'port' : 'host')
  if (!pathFits(compiled, request.path)) return lost('path')
  const { websocket } = route.match
  if (websocket !== undefined && websocket !== request.isWebSocket) return lost('websocket')
  if (!methodFits(methodCriteria(route), request)) return lost('method')
  return ruleMismatch(compiled.criteria, request, rank)
}

function ruleMismatch(criteria: RouteCriteria | null, request: MatchRequest, rank: number): Fit {
  for (const rule of criteria?.headers ?? []) if (!headerRuleHolds(rule, request.fields)) return { mismatch: { criterion: 'header', name: rule.name }, rank }
  for (const rule of criteria?.query ?? []) if (!queryRuleHolds(rule, request.query)) return { mismatch: { criterion: 'query', name: rule.name }, rank }
  return { mismatch: null, rank }
}

function fittingRank(patterns: readonly HostPattern[], ranks: readonly number[], { host, hostPort }: MatchRequest): number | null {
  let best: number | null = null
  for (const [place, pattern] of patterns.entries()) {
    if (!nameFits(pattern, host) || (pattern.port !== undefined && pattern.port !== hostPort)) continue
    if (best === null || ranks[place]! < best) best = ranks[place]!
  }
  return best
}

function nameFits({ kind, name }: HostPattern, host: string): boolean {
  if (kind === 'any') return true
  if (kind === 'name') return host === name
  return host.endsWith(`.${name}`) && !host.startsWith('.') && !host.includes('..')
}

/** A guarded route is also held against the path as a forgiving origin reads it. */
function pathFits(compiled: CompiledRoute, given: string): boolean {
  return isPath(compiled, given) || (compiled.isGuarded && isPath(compiled, looseReading(given)))
}

function isPath({ route, criteria, isGuarded }: CompiledRoute, given: string): boolean {
  const { path } = route.match
  if (path === undefined) return true
  if (path.type === 'pattern') return criteria!.template !== null && matchTemplate(criteria!.template, given, null)
  if (path.type === 'regex') return criteria!.regex !== null && criteria!.regex.matches(given)
  const isFolded = isGuarded || path.caseSensitive === false
  const text = isFolded ? foldAscii(given) : given
  const spellings = isGuarded ? [path.value, looseReading(path.value)] : [path.value]
  return spellings.map((value) => (isFolded ? foldAscii(value) : value)).some((wanted) => text === wanted || (path.type === 'prefix' && text.startsWith(wanted.endsWith('/') ? wanted : `${wanted}/`)))
}

function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
